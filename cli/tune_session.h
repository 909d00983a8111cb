// The measuring half of `convoy tune`: a `convoy serve` of its own, the model loaded into it with
// one candidate's settings after the other, and the generator of `convoy bench` that loads it. What
// it sees goes into the record, and a line a probe to standard error.
//
// One server serves all candidates: the model is loaded anew with other settings
// (RepositoryModelLoad), so that kernels are tried once and probes of two candidates are seconds
// apart.
//
// Used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/bench_session.h"
#include "cli/serve_child.h"
#include "cli/tune_flags.h"
#include "cli/tune_report.h"
#include "cli/tune_search.h"
#include "client/client.h"
#include "models/repository/model_source.h"

namespace convoy::cli {

struct TuneTarget {
  models::ModelSource source;
  std::string config;  // the text of its config.pbtxt; empty: it has none
};

class TuneSession {
 public:
  // Starts the server and loads the model as it is, then with the largest batch, by which all its
  // kernels are chosen. `record` gets slo, current and load_seconds, and outlives the session.
  static absl::StatusOr<std::unique_ptr<TuneSession>> Start(const TuneFlags& flags,
                                                            const TuneTarget& target,
                                                            TuneRecord& record);
  ~TuneSession();

  // How long a batch of 1, 2, 4, ... takes alone; ends at the first that does not fit into the
  // objective, since larger ones take longer.
  absl::Status MeasureBatches();

  // No probe starts later.
  void SetDeadline(absl::Time deadline) { deadline_ = deadline; }

  // As TuneMeasure wants it.
  absl::StatusOr<TuneMeasurement> Measure(const TuneSettings& settings, double to_beat);

  // The highest rate of `settings`, known to lie near `near`, for a comparison in turns.
  absl::StatusOr<double> MeasureAgain(const TuneSettings& settings, double near,
                                      const std::string& purpose);

  // The config with these settings and comments on top.
  absl::StatusOr<models::EditedConfig> ConfigWith(const TuneSettings& settings,
                                                  const std::vector<std::string>& comments) const;

  // The lowest latency that a probe has had at the objective's percentile; null without a probe.
  const TuneProbe* FastestProbe() const;

  // That the server loads a model with this config.
  absl::Status CheckConfig(const std::string& text);

  absl::Status Stop();

 private:
  TuneSession(const TuneFlags& flags, const TuneTarget& target, TuneRecord& record);

  absl::Status StartServer();
  absl::Status LoadFirst();
  absl::Status Connect();
  absl::Status Load(const TuneSettings& settings);
  absl::Status MayGoOn() const;
  // `status`, or where the server has ended the last that it said.
  absl::Status Explain(const absl::Status& status);

  client::RunRecord Closed(const TuneSettings& settings, const std::string& purpose);
  void Note(const TuneSettings& settings, const std::string& purpose, const client::RunRecord& run);
  absl::StatusOr<TuneMeasurement> MeasureClosed(const TuneSettings& settings, double to_beat);
  absl::StatusOr<TuneMeasurement> MeasureFirst(const TuneSettings& settings);
  // At one rate, as often as it takes.
  absl::StatusOr<client::ProbeVerdict> ProbeAt(const TuneSettings& settings,
                                               const client::ProbeRequest& request,
                                               const std::string& purpose);
  absl::StatusOr<client::SearchResult> Probe(const TuneSettings& settings,
                                             const client::SearchOptions& options,
                                             const std::string& purpose);
  double LowestRate() const;
  void LengthenProbes(double capacity);

  const TuneFlags& flags_;
  const TuneTarget& target_;
  TuneRecord& record_;
  BenchFlags load_;         // as flags_.load, for this server
  std::string log_folder_;  // of the server's output
  absl::Time start_;
  absl::Time deadline_ = absl::InfiniteFuture();
  int64_t largest_batch_ = 0;  // of all candidates
  double capacity_ = 0;        // calls a second of a closed loop, of the settings as they are
  std::unique_ptr<ServeChild> server_;
  std::unique_ptr<client::Client> client_;
  std::optional<client::Workload> workload_;
  std::unique_ptr<BenchSession> bench_;
};

}  // namespace convoy::cli
