#include "client/bench/closed_loop.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace convoy::client {
namespace {

// What one worker saw. Merged when all have ended, so that nothing is shared while they run.
struct WorkerLog {
  Histogram latency;
  std::map<absl::StatusCode, CallErrors> errors;
  absl::Duration first_start = absl::InfiniteDuration();
  absl::Duration last_end = -absl::InfiniteDuration();
  bool gave_up = false;
};

void AddError(const CallErrors& error, CallErrors& total) {
  if (total.count == 0) total.first_message = error.first_message;
  total.count += error.count;
}

void RunWorker(int worker, absl::Duration start, const LoadPlan& plan, const LoadCall& call,
               const MonotonicClock& now, WorkerLog& log) {
  const absl::Duration measure_from = start + plan.warm_up;
  const absl::Duration until = measure_from + plan.duration;
  int64_t failures_in_a_row = 0;
  for (int64_t i = 0; plan.stop == nullptr || !plan.stop->load(); ++i) {
    const absl::Duration sent = now();
    if (sent >= until) return;
    const absl::Status status = call(worker, i);
    const absl::Duration done = now();
    failures_in_a_row = status.ok() ? 0 : failures_in_a_row + 1;
    if (sent >= measure_from) {
      log.first_start = std::min(log.first_start, sent);
      log.last_end = std::max(log.last_end, done);
      if (status.ok()) {
        log.latency.Record(done - sent);
      } else {
        AddError({1, std::string(status.message())}, log.errors[status.code()]);
      }
    }
    if (failures_in_a_row == plan.max_failures_in_a_row) {
      log.gave_up = true;
      return;
    }
  }
}

LoadReport Merge(const std::vector<WorkerLog>& logs) {
  LoadReport report;
  absl::Duration first = absl::InfiniteDuration();
  absl::Duration last = -absl::InfiniteDuration();
  for (const WorkerLog& log : logs) {
    report.latency.Merge(log.latency);
    for (const auto& [code, error] : log.errors) {
      AddError(error, report.errors[code]);
      report.failed += error.count;
    }
    first = std::min(first, log.first_start);
    last = std::max(last, log.last_end);
    report.gave_up = report.gave_up || log.gave_up;
  }
  report.elapsed = last > first ? last - first : absl::ZeroDuration();
  return report;
}

}  // namespace

absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

double LoadReport::CallsPerSecond() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(latency.count()) / seconds : 0;
}

LoadReport RunClosedLoop(const LoadPlan& plan, const LoadCall& call, const MonotonicClock& now) {
  std::vector<WorkerLog> logs(static_cast<size_t>(plan.workers));
  const absl::Duration start = now();
  std::vector<std::thread> threads;
  for (int worker = 0; worker < plan.workers; ++worker) {
    threads.emplace_back([&, worker] {
      RunWorker(worker, start, plan, call, now, logs[static_cast<size_t>(worker)]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return Merge(logs);
}

}  // namespace convoy::client
