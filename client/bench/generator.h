// Sends a Workload to a server and measures it: an open loop by a plan of arrivals, or a closed
// loop of callers who wait for their answers. Asynchronous over several connections.
//
//   CONVOY_ASSIGN_OR_RETURN(auto generator, Generator::Connect("localhost:8001", {}));
//   LoadReport report = generator->Run(workload, {.concurrency = 8});
//
// Threads of a run: one that paces (open loop), `threads` that take answers, and the caller's,
// which waits and tells the progress. One run at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/bench/arrivals.h"
#include "client/bench/recorder.h"
#include "client/bench/workload.h"
#include "client/client.h"

namespace convoy::client {

struct GeneratorOptions {
  ConnectOptions connect;
  int connections = 1;
  int threads = 1;                                            // that take answers
  std::vector<std::pair<std::string, std::string>> metadata;  // sent with every call
};

struct LoadPlan {
  int64_t concurrency = 1;           // closed loop: calls in flight
  std::optional<Arrivals> arrivals;  // set: open loop; covers warm-up and duration
  absl::Duration warm_up = absl::ZeroDuration();
  absl::Duration duration = absl::Seconds(10);  // measured
  int64_t calls = 0;                            // 0, or the most that are measured
  int64_t max_in_flight = 10'000;               // open loop
  absl::Duration timeout = absl::Seconds(60);   // of a call
  absl::Duration drain = absl::Seconds(60);     // wait so long for the last answers
  absl::Duration late_after = absl::Milliseconds(1);
  const std::atomic<bool>* stop = nullptr;  // true: no new call starts, the drain is short

  // Called about once a second, if set.
  std::function<void(const LiveFigures&, int64_t in_flight)> progress;
  // Asked ten times a second, if set: true ends the run as if its time were over.
  std::function<bool(const Recorder&, int64_t in_flight)> enough;
};

class Generator {
 public:
  // UNAVAILABLE when no server answers.
  static absl::StatusOr<std::unique_ptr<Generator>> Connect(std::string_view url,
                                                            const GeneratorOptions& options);
  ~Generator();

  LoadReport Run(const Workload& workload, const LoadPlan& plan);

 private:
  struct Impl;
  explicit Generator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convoy::client
