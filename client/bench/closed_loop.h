// The closed-loop load generator: a fixed number of workers, each sending its next call when the
// last one has come back. It shows the most a server gives to N patient callers; a slow server
// slows it down too, so its latencies say nothing about callers who do not wait.
//
//   LoadPlan plan{.workers = 8, .warm_up = absl::Seconds(1), .duration = absl::Seconds(10)};
//   LoadReport report = RunClosedLoop(plan, [&](int worker, int64_t call) {
//     return client[worker]->Infer(request, {}).status();
//   });
//   report.latency.Percentile(99);
//
// RunClosedLoop blocks; the call function runs in `workers` threads at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/bench/histogram.h"

namespace convoy::client {

// Time since a fixed point that never jumps. Thread-safe.
using MonotonicClock = std::function<absl::Duration()>;
absl::Duration SteadyNow();

struct LoadPlan {
  int workers = 1;
  absl::Duration warm_up = absl::ZeroDuration();  // calls that start in it are not measured
  absl::Duration duration = absl::Seconds(10);    // calls that start in it are
  int64_t max_failures_in_a_row = 100;            // a worker stops after so many
  const std::atomic<bool>* stop = nullptr;        // true: no new call starts
};

// Calls of one error code, with the text of the first.
struct CallErrors {
  int64_t count = 0;
  std::string first_message;
};

struct LoadReport {
  Histogram latency;  // of the measured calls that succeeded
  std::map<absl::StatusCode, CallErrors> errors;
  int64_t failed = 0;
  absl::Duration elapsed;  // first measured start to last measured end
  bool gave_up = false;    // a worker met max_failures_in_a_row

  double CallsPerSecond() const;
};

using LoadCall = std::function<absl::Status(int worker, int64_t call)>;

LoadReport RunClosedLoop(const LoadPlan& plan, const LoadCall& call,
                         const MonotonicClock& now = SteadyNow);

}  // namespace convoy::client
