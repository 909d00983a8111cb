// The measuring half of `convoy tune`: loads the model into its server with one candidate's
// settings after the other, and finds how much each serves.
//
//   CONVOY_ASSIGN_OR_RETURN(const auto session, TuneSession::Start(flags, target, record));
//   CONVOY_RETURN_IF_ERROR(session->MeasureBatches());
//   CONVOY_ASSIGN_OR_RETURN(const TuneMeasurement as_it_is, session->Measure(record.current, 0));
//   CONVOY_RETURN_IF_ERROR(session->Stop());
//
// Used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/tune_flags.h"
#include "cli/tune_probes.h"
#include "cli/tune_report.h"
#include "cli/tune_search.h"
#include "cli/tune_server.h"
#include "models/config/edit_config.h"
#include "models/repository/model_source.h"

namespace convoy::cli {

struct TuneTarget {
  models::ModelSource source;
  std::string config;  // the text of its config.pbtxt; empty: it has none
};

class TuneSession {
 public:
  // Starts the server and loads the model as it is, then with the largest batch, by which all its
  // kernels are chosen. `record` has the objective, gets current, several_groups and load_seconds,
  // later all probes, and outlives the session, as `flags` and `target` do.
  static absl::StatusOr<std::unique_ptr<TuneSession>> Start(const TuneFlags& flags,
                                                            const TuneTarget& target,
                                                            TuneRecord& record);

  // How long batches of all sizes take alone (TuneProbes).
  absl::Status MeasureBatches() { return probes_->MeasureBatches(largest_batch_); }

  // No probe starts later.
  void SetDeadline(absl::Time deadline) { probes_->SetDeadline(deadline); }

  // As TuneMeasure wants it.
  absl::StatusOr<TuneMeasurement> Measure(const TuneSettings& settings, double to_beat);

  // The highest rate of `settings`, known to lie near `near`, for a comparison in turns.
  absl::StatusOr<double> MeasureAgain(const TuneSettings& settings, double near,
                                      const std::string& purpose);

  // The config with these settings and comments on top.
  absl::StatusOr<models::EditedConfig> ConfigWith(const TuneSettings& settings,
                                                  const std::vector<std::string>& comments) const;

  // OK when the server loads the model with this config.
  absl::Status CheckConfig(const std::string& text);

  // INTERNAL when the server does not end well. Nothing else may be called after it.
  absl::Status Stop();

 private:
  TuneSession(const TuneFlags& flags, const TuneTarget& target, TuneRecord& record)
      : flags_(flags), target_(target), record_(record) {}

  absl::Status LoadFirst();
  absl::Status Load(const TuneSettings& settings);
  absl::StatusOr<TuneMeasurement> MeasureClosed(const TuneSettings& settings, double to_beat);
  absl::StatusOr<TuneMeasurement> MeasureFirst(const TuneSettings& settings);
  absl::StatusOr<TuneMeasurement> MeasureAgainst(const TuneSettings& settings, double to_beat);

  const TuneFlags& flags_;
  const TuneTarget& target_;
  TuneRecord& record_;
  int64_t largest_batch_ = 0;  // of all candidates
  double capacity_ = 0;        // calls a second of a closed loop, of the settings as they are
  std::unique_ptr<TuneServer> server_;
  std::unique_ptr<TuneProbes> probes_;  // calls the server: goes first
};

}  // namespace convoy::cli
