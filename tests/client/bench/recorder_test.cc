#include "client/bench/recorder.h"

#include <gtest/gtest.h>

namespace convoy::client {
namespace {

constexpr absl::Duration kMs = absl::Milliseconds(1);

CallTimes At(int64_t due_ms, int64_t sent_ms, int64_t done_ms) {
  return {due_ms * kMs, sent_ms * kMs, done_ms * kMs};
}

TEST(RecorderTest, MeasuresWhatIsDueBetweenWarmUpAndEnd) {
  Recorder recorder({.measure_from = absl::Seconds(1), .measure_until = absl::Seconds(3)});
  recorder.Ended(At(999, 999, 1500), {});
  recorder.Ended(At(1000, 1000, 1010), {});
  recorder.Ended(At(2999, 2999, 5000), {});
  recorder.Ended(At(3000, 3000, 3001), {});
  const LoadReport report = recorder.Finish();
  EXPECT_EQ(report.good, 2);
  EXPECT_EQ(report.response.max(), 2001 * kMs);
  EXPECT_EQ(report.elapsed, 4000 * kMs);
  EXPECT_EQ(report.measured, absl::Seconds(2));
  EXPECT_DOUBLE_EQ(report.SentPerSecond(), 1);
  EXPECT_DOUBLE_EQ(report.CallsPerSecond(), 0.5);
}

TEST(RecorderTest, KeepsTheThreeViewsApart) {
  Recorder recorder({.late_after = 5 * kMs});
  recorder.Ended(At(0, 3, 13), {});
  recorder.Ended(At(10, 30, 50), {});
  recorder.Ended(At(20, 120, 125), {.held = true});
  const LoadReport report = recorder.Finish();
  EXPECT_EQ(report.response.max(), 105 * kMs);
  EXPECT_EQ(report.service.max(), 20 * kMs);
  EXPECT_EQ(report.lag.count(), 2);
  EXPECT_EQ(report.lag.max(), 20 * kMs);
  EXPECT_EQ(report.late, 1);
  EXPECT_EQ(report.held, 1);
}

TEST(RecorderTest, FailedCallsAreCountedByKindAndKeptOutOfTheLatency) {
  Recorder recorder({});
  recorder.Ended(At(0, 0, 10), {});
  recorder.Ended(At(0, 0, 500), {.status = absl::UnavailableError("The queue is full.")});
  recorder.Ended(At(0, 0, 600), {.status = absl::UnavailableError("Again.")});
  recorder.Unfinished(At(0, 0, 9000), false);
  recorder.Unsent(absl::ZeroDuration(), absl::Seconds(10), true);
  const LoadReport report = recorder.Finish();
  EXPECT_EQ(report.good, 1);
  EXPECT_EQ(report.failed, 4);
  EXPECT_EQ(report.unfinished, 1);
  EXPECT_EQ(report.unsent, 1);
  EXPECT_EQ(report.errors.at("UNAVAILABLE").count, 2);
  EXPECT_EQ(report.errors.at("UNAVAILABLE").first_message, "The queue is full.");
  EXPECT_EQ(report.errors.at("UNFINISHED").count, 1);
  EXPECT_EQ(report.errors.at("UNSENT").count, 1);
  EXPECT_EQ(report.response.max(), 10 * kMs);
  // All attempts, at their age: the unsent one has waited longest.
  EXPECT_EQ(report.attempts.count(), 5);
  EXPECT_EQ(report.attempts.max(), absl::Seconds(10));
  EXPECT_DOUBLE_EQ(report.ErrorRate(), 0.8);
}

TEST(RecorderTest, WindowsFollowTheSecondsOfTheAnswers) {
  Recorder recorder({.measure_from = absl::Seconds(10), .measure_until = absl::Seconds(14)});
  recorder.Ended(At(10'000, 10'000, 10'100), {});
  recorder.Ended(At(10'500, 10'500, 11'200), {});
  recorder.NoteInFlight(absl::Seconds(10), 7);
  recorder.Ended(At(11'000, 11'000, 13'000), {.status = absl::InternalError("No.")});
  const LoadReport report = recorder.Finish();
  ASSERT_EQ(report.windows.size(), 4U);
  EXPECT_EQ(report.windows[0].good, 1);
  EXPECT_EQ(report.windows[0].sent, 2);
  EXPECT_EQ(report.windows[0].in_flight, 7);
  EXPECT_EQ(report.windows[1].good, 1);
  EXPECT_EQ(report.windows[1].sent, 1);
  EXPECT_EQ(report.windows[2].good, 0);
  EXPECT_EQ(report.windows[3].failed, 1);
  EXPECT_EQ(report.windows[3].start, absl::Seconds(3));
  EXPECT_EQ(report.windows[1].p99, 700 * kMs);
}

TEST(RecorderTest, AddsUpStagesAndLabels) {
  Recorder recorder({});
  CallOutcome outcome;
  outcome.server = ServerTimes{1 * kMs, 2 * kMs, 3 * kMs, 7 * kMs, 4};
  outcome.right = true;
  recorder.Ended(At(0, 5, 15), outcome);
  outcome.right = false;
  outcome.in_top5 = true;
  recorder.Ended(At(0, 0, 10), outcome);
  const LoadReport report = recorder.Finish();
  EXPECT_EQ(report.judged, 2);
  EXPECT_EQ(report.right, 1);
  EXPECT_EQ(report.among_top5, 2);
  EXPECT_DOUBLE_EQ(report.windows[0].batch_size, 4);
  const StageTable::Row all = report.stages.Between(0, 1);
  EXPECT_DOUBLE_EQ(all.calls, 2);
  EXPECT_EQ(all.mean[kStageWait], 2.5 * kMs);
  EXPECT_EQ(all.mean[kStageNetwork], 3 * kMs);
  EXPECT_EQ(all.mean[kStageQueue], 2 * kMs);
}

TEST(RecorderTest, TellsTheLastWholeSecondLive) {
  Recorder recorder({.measure_from = absl::Seconds(1)});
  EXPECT_TRUE(recorder.Live(absl::Milliseconds(500)).warming_up);
  for (int i = 0; i < 20; ++i) recorder.Ended(At(1000, 1000, 1010 + i), {});
  recorder.Ended(At(2000, 2000, 2001), {});
  const LiveFigures live = recorder.Live(absl::Milliseconds(2500));
  EXPECT_FALSE(live.warming_up);
  EXPECT_DOUBLE_EQ(live.calls_per_second, 20);
  EXPECT_EQ(live.p99, 29 * kMs);
  EXPECT_EQ(live.good, 21);
  const Recorder::Tally tally = recorder.CountAbove(20 * kMs);
  EXPECT_EQ(tally.calls, 21);
  EXPECT_EQ(tally.above, 9);
}

}  // namespace
}  // namespace convoy::client
