#include "client/bench/closed_loop.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

namespace convoy::client {
namespace {

// Moves only when a call takes time. One worker at a time advances it.
class FakeClock {
 public:
  MonotonicClock Reader() {
    return [this] { return now_; };
  }
  void Advance(absl::Duration by) { now_ += by; }

 private:
  absl::Duration now_ = absl::Seconds(1000);
};

TEST(ClosedLoopTest, MeasuresWhatStartsAfterTheWarmUp) {
  FakeClock clock;
  int64_t sent = 0;
  // Calls take 100 ms in the warm-up and 10 ms after it.
  const LoadReport report = RunClosedLoop(
      {.workers = 1, .warm_up = absl::Seconds(1), .duration = absl::Seconds(2)},
      [&](int, int64_t i) {
        EXPECT_EQ(i, sent++);
        clock.Advance(absl::Milliseconds(i < 10 ? 100 : 10));
        return absl::OkStatus();
      },
      clock.Reader());
  EXPECT_EQ(sent, 210);
  EXPECT_EQ(report.latency.count(), 200);
  EXPECT_EQ(report.latency.max(), absl::Milliseconds(10));
  EXPECT_EQ(report.elapsed, absl::Seconds(2));
  EXPECT_DOUBLE_EQ(report.CallsPerSecond(), 100);
  EXPECT_EQ(report.failed, 0);
  EXPECT_FALSE(report.gave_up);
}

TEST(ClosedLoopTest, TheLastCallIsWaitedFor) {
  FakeClock clock;
  const LoadReport report = RunClosedLoop(
      {.workers = 1, .duration = absl::Seconds(1)},
      [&](int, int64_t) {
        clock.Advance(absl::Milliseconds(700));
        return absl::OkStatus();
      },
      clock.Reader());
  EXPECT_EQ(report.latency.count(), 2);
  EXPECT_EQ(report.elapsed, absl::Milliseconds(1400));
}

TEST(ClosedLoopTest, ErrorsAreCountedByCodeAndKeptOutOfTheLatency) {
  FakeClock clock;
  const LoadReport report = RunClosedLoop(
      {.workers = 1, .duration = absl::Seconds(1)},
      [&](int, int64_t i) -> absl::Status {
        clock.Advance(absl::Milliseconds(100));
        if (i % 5 == 3) return absl::UnavailableError("The queue is full.");
        if (i == 4) return absl::DeadlineExceededError("Too late.");
        return absl::OkStatus();
      },
      clock.Reader());
  EXPECT_EQ(report.latency.count(), 7);
  EXPECT_EQ(report.failed, 3);
  EXPECT_EQ(report.errors.at(absl::StatusCode::kUnavailable).count, 2);
  EXPECT_EQ(report.errors.at(absl::StatusCode::kUnavailable).first_message, "The queue is full.");
  EXPECT_EQ(report.errors.at(absl::StatusCode::kDeadlineExceeded).count, 1);
  EXPECT_DOUBLE_EQ(report.CallsPerSecond(), 7);
}

TEST(ClosedLoopTest, GivesUpWhenNothingSucceeds) {
  FakeClock clock;
  const LoadReport report = RunClosedLoop(
      {.workers = 1, .duration = absl::Hours(1), .max_failures_in_a_row = 5},
      [&](int, int64_t) { return absl::UnavailableError("Gone."); }, clock.Reader());
  EXPECT_TRUE(report.gave_up);
  EXPECT_EQ(report.failed, 5);
  EXPECT_EQ(report.CallsPerSecond(), 0);
}

TEST(ClosedLoopTest, EveryWorkerCallsAndAllAreMerged) {
  std::mutex mutex;
  std::set<int> workers;
  FakeClock clock;
  const LoadReport report = RunClosedLoop(
      {.workers = 7, .duration = absl::Seconds(1), .max_failures_in_a_row = 3},
      [&](int worker, int64_t) {
        const std::lock_guard<std::mutex> lock(mutex);
        workers.insert(worker);
        return absl::InternalError("No.");
      },
      clock.Reader());
  EXPECT_EQ(workers, (std::set<int>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(report.errors.at(absl::StatusCode::kInternal).count, 21);
}

TEST(ClosedLoopTest, StopEndsTheRun) {
  FakeClock clock;
  std::atomic<bool> stop = false;
  const LoadReport report = RunClosedLoop(
      {.workers = 1, .duration = absl::Hours(1), .stop = &stop},
      [&](int, int64_t i) {
        clock.Advance(absl::Milliseconds(1));
        stop = i == 41;
        return absl::OkStatus();
      },
      clock.Reader());
  EXPECT_EQ(report.latency.count(), 42);
}

}  // namespace
}  // namespace convoy::client
