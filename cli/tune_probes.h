// The probes of `convoy tune`: runs of the generator of `convoy bench` against its server. Each
// goes into the record, and a line of it to standard error. Which settings the model is loaded with
// is the caller's business: here they are names in the record.
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
#include "cli/tune_flags.h"
#include "cli/tune_report.h"
#include "cli/tune_server.h"
#include "cli/tune_settings.h"
#include "client/bench/slo_search.h"

namespace convoy::cli {

class TuneProbes {
 public:
  // Connects to the server, which has loaded `model`, and sends one call. All outlive the object.
  static absl::StatusOr<std::unique_ptr<TuneProbes>> Create(const TuneFlags& flags,
                                                            const std::string& model,
                                                            TuneServer& server, TuneRecord& record);

  // No probe starts later.
  void SetDeadline(absl::Time deadline) { deadline_ = deadline; }

  // CANCELLED once the user has interrupted, DEADLINE_EXCEEDED once the time is over. Everything
  // below that runs probes ends with these.
  absl::Status MayGoOn() const;

  // How long a batch of 1, 2, 4, ... up to `largest` takes alone, into the record; ends at the
  // first that does not fit into the objective, since larger ones take longer.
  absl::Status MeasureBatches(int64_t largest);

  // Good calls a second of a closed loop.
  absl::StatusOr<double> RunClosed(const TuneSettings& settings, const std::string& purpose);

  // The highest rate that meets the objective. When the time is over, the highest that has passed
  // where that is `options.lowest` or more.
  absl::StatusOr<client::SearchResult> Search(const TuneSettings& settings,
                                              const client::SearchOptions& options,
                                              const std::string& purpose);

  // The lowest rate that a probe can judge, calls a second: at a lower one it has too few calls for
  // one of them to be the slowest of such a share.
  double LowestRate() const;

  // Makes probes so long that half of `capacity`, calls a second, can be judged.
  void LengthenFor(double capacity);

 private:
  TuneProbes(const TuneFlags& flags, const std::string& model, TuneServer& server,
             TuneRecord& record);

  // At one rate, as often as it takes.
  absl::StatusOr<client::ProbeVerdict> ProbeAt(const TuneSettings& settings,
                                               const client::ProbeRequest& request,
                                               const std::string& purpose);
  absl::Status MeasureBatch(int64_t rows);
  void Note(const TuneSettings& settings, const std::string& purpose, const client::RunRecord& run);

  BenchFlags load_;  // as the flags have it, for this server
  const int64_t callers_;
  TuneServer& server_;
  TuneRecord& record_;
  const absl::Time start_;
  absl::Time deadline_ = absl::InfiniteFuture();
  std::optional<client::Workload> workload_;
  std::unique_ptr<BenchSession> bench_;
};

}  // namespace convoy::cli
