// One server under the load of `convoy bench`: runs, one after the other, and the search for the
// highest rate. Interrupts end a run early; what it saw is still told.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "cli/bench_flags.h"
#include "cli/bench_load.h"
#include "client/bench/bench_record.h"
#include "client/bench/generator.h"
#include "client/bench/workload.h"
#include "client/client.h"

namespace convoy::cli {

class BenchSession {
 public:
  // `client` and `workload` outlive it. Errors as those of Generator::Connect.
  static absl::StatusOr<std::unique_ptr<BenchSession>> Create(const BenchFlags& flags,
                                                              client::Client& client,
                                                              const client::Workload& workload,
                                                              int connections);

  // One call before any clock starts: a wrong name or shape is said once and at once.
  absl::Status TryOnce();

  client::RunRecord Run(PlannedRun planned);

  // One probe of a search for the highest rate: an open loop at that rate, ended as soon as it is
  // decided. CANCELLED when it was interrupted.
  absl::StatusOr<client::ProbeVerdict> RunProbe(const client::ProbeRequest& request,
                                                const client::Slo& slo,
                                                client::BenchRecord& record);

  // Runs its probes into `record`.
  absl::StatusOr<client::SearchResult> Search(const client::Slo& slo, client::BenchRecord& record);

  bool interrupted() const;

 private:
  BenchSession(const BenchFlags& flags, client::Client& client, const client::Workload& workload,
               std::unique_ptr<client::Generator> generator);

  std::optional<client::ModelCounters> Count();
  absl::StatusOr<double> FirstRate(const client::Slo& slo, client::BenchRecord& record);
  void ShowProgress(const std::string& line);
  void EndProgress();

  const BenchFlags& flags_;
  client::Client& client_;
  const client::Workload& workload_;
  std::unique_ptr<client::Generator> generator_;
  bool counts_ = true;  // the server has statistics
  bool shown_ = false;  // a progress line stands on the terminal
  int seconds_ = 0;
};

// The signal that has ended the runs, or 0.
int BenchSignal();

// From now on SIGINT and SIGTERM end the run, and a second one the process.
void CatchBenchSignals();

}  // namespace convoy::cli
