// Priorities, queue timeouts, preferred sizes and the order of arrival in DecideBatch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "server/batching/batch_policy.h"

namespace convoy::server {
namespace {

using compute::Width;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
constexpr LaneState kIdle{};
constexpr LaneState kBusy{.free = 0};
constexpr BatchLimits kOneRow{.max_rows = 1};
constexpr absl::Duration kMs = absl::Milliseconds(1);

// Arrived `age` ago.
QueueEntry Entry(absl::Duration age, int64_t level = 0) {
  return {.arrival = kNow - age, .level = level};
}

BatchDecision Decide(std::span<const QueueEntry> queue, const BatchLimits& limits,
                     const LaneState& lanes = kIdle, absl::Time now = kNow) {
  return DecideBatch(queue, lanes, {}, now, limits);
}

std::vector<size_t> First(const BatchDecision& decision) {
  return decision.run.empty() ? std::vector<size_t>() : decision.run.front().members;
}

TEST(PriorityLevels, AHigherLevelGoesFirstWhateverTheDeadline) {
  std::vector<QueueEntry> queue = {Entry(9 * kMs, 3), Entry(5 * kMs, 2), Entry(kMs, 1)};
  queue[0].deadline = kNow + kMs;
  EXPECT_THAT(First(Decide(queue, kOneRow)), ElementsAre(2));
  EXPECT_THAT(First(Decide(queue, {.max_rows = 2})), ElementsAre(2, 1));
}

TEST(PriorityLevels, WithinALevelTheNearestDeadlineGoesFirst) {
  std::vector<QueueEntry> queue = {Entry(2 * kMs, 1), Entry(kMs, 1), Entry(kMs, 2)};
  queue[1].deadline = kNow + 5 * kMs;
  EXPECT_THAT(First(Decide(queue, {.max_rows = 3})), ElementsAre(1, 0, 2));
}

TEST(PriorityLevels, OnceAPatienceTheLowLevelHasATurn) {
  const std::vector<QueueEntry> queue = {Entry(kMs, 1), Entry(kPatience + 2 * kMs, 3),
                                         Entry(kPatience + kMs, 2)};
  BatchLimits limits = kOneRow;
  const BatchDecision raised = Decide(queue, limits);
  EXPECT_THAT(First(raised), ElementsAre(1));
  EXPECT_TRUE(raised.raised);
  limits.last_raised = kNow - kPatience + kMs;
  const BatchDecision strict = Decide(queue, limits);
  EXPECT_THAT(First(strict), ElementsAre(0));
  EXPECT_FALSE(strict.raised);
  limits.last_raised = kNow - kPatience;
  EXPECT_TRUE(Decide(queue, limits).raised);
}

TEST(PriorityLevels, NobodyIsRaisedBeforePatienceRunsOutOrToNoPurpose) {
  EXPECT_THAT(First(Decide(std::vector{Entry(kMs, 1), Entry(kPatience, 2)}, kOneRow)),
              ElementsAre(0));
  EXPECT_FALSE(Decide(std::vector{Entry(2 * kPatience, 1), Entry(kMs, 2)}, kOneRow).raised);
}

// A device of one row, always with a request of level 1 behind the next, gets to the one of level
// 2 in the end.
TEST(PriorityLevels, NoLevelStarves) {
  std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration(), 2)};
  BatchLimits limits = kOneRow;
  limits.last_raised = kNow;
  absl::Time now = kNow;
  for (; now < kNow + absl::Seconds(3); now += 10 * kMs) {
    queue.resize(1);
    queue.insert(queue.end(), 3, QueueEntry{.arrival = now, .level = 1});
    const BatchDecision decision = Decide(queue, limits, kIdle, now);
    if (First(decision) == std::vector<size_t>{0}) break;
  }
  EXPECT_EQ(now, kNow + kPatience + 10 * kMs);
}

TEST(QueueTimeout, RejectsAtItsMomentEvenWhileTheDeviceIsBusy) {
  std::vector<QueueEntry> queue = {Entry(5 * kMs), Entry(5 * kMs)};
  queue[0].timeout = kNow;
  queue[1].timeout = kNow + 3 * kMs;
  const BatchDecision decision = Decide(queue, kOneRow, kBusy);
  EXPECT_THAT(decision.timed_out, ElementsAre(0));
  EXPECT_THAT(decision.expired, IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + 3 * kMs);
}

TEST(QueueTimeout, TheDeadlineComesBeforeTheTimeout) {
  std::vector<QueueEntry> queue = {Entry(5 * kMs)};
  queue[0].timeout = queue[0].deadline = kNow;
  const BatchDecision decision = Decide(queue, kOneRow);
  EXPECT_THAT(decision.expired, ElementsAre(0));
  EXPECT_THAT(decision.timed_out, IsEmpty());
}

TEST(QueueTimeout, WhatDelaysGoesBehindItsLevelAndNoFurther) {
  std::vector<QueueEntry> queue = {Entry(9 * kMs, 1), Entry(kMs, 1), Entry(9 * kMs, 2)};
  queue[0].timeout = kNow - kMs;
  queue[0].delays = true;
  const BatchDecision decision = Decide(queue, {.max_rows = 3});
  EXPECT_THAT(decision.timed_out, IsEmpty());
  EXPECT_THAT(First(decision), ElementsAre(1, 0, 2));
}

TEST(Deadlines, WhatCannotBeAnsweredInTimeGoesBehindWhatCan) {
  std::vector<QueueEntry> queue = {Entry(9 * kMs), Entry(kMs)};
  queue[0].deadline = kNow + 19 * kMs;
  queue[1].deadline = kNow + 40 * kMs;
  BatchLimits limits = kOneRow;
  limits.expected_run = 20 * kMs;
  EXPECT_THAT(First(Decide(queue, limits)), ElementsAre(1));
  limits.expected_run = 19 * kMs;
  EXPECT_THAT(First(Decide(queue, limits)), ElementsAre(0));
  EXPECT_THAT(First(Decide(std::span(queue).first(1), limits)), ElementsAre(0));
}

TEST(PreferredSizes, EndTheDelay) {
  const std::vector<int64_t> preferred = {2, 4};
  BatchLimits limits{.max_rows = 8, .max_queue_delay = 10 * kMs, .preferred_rows = preferred};
  const std::vector<QueueEntry> queue(8, Entry(kMs));
  const auto taken = [&](size_t waiting) {
    return First(Decide(std::span(queue).first(waiting), limits)).size();
  };
  EXPECT_EQ(taken(1), 0);
  EXPECT_EQ(taken(2), 2);
  EXPECT_EQ(taken(3), 2);
  EXPECT_EQ(taken(5), 4);
  EXPECT_EQ(taken(8), 8) << "a full batch runs whole";
  const BatchDecision due = Decide(std::span(queue).first(3), limits, kIdle, kNow + 9 * kMs);
  EXPECT_EQ(First(due).size(), 3) << "once the delay is over sizes do not matter";
  limits.max_queue_delay = absl::ZeroDuration();
  EXPECT_EQ(taken(3), 3) << "without a delay nothing waits";
}

TEST(PreferredSizes, ARequestIsNotCut) {
  const std::vector<int64_t> preferred = {2};
  const BatchLimits limits{.max_rows = 8, .max_queue_delay = 10 * kMs, .preferred_rows = preferred};
  QueueEntry entry = Entry(kMs);
  entry.rows = 3;
  EXPECT_THAT(First(Decide(std::vector{entry}, limits)), IsEmpty());
}

TEST(ArrivalOrder, BeatsDeadlinesAndIsCutAtAnotherShape) {
  std::vector<QueueEntry> queue = {Entry(kMs), Entry(9 * kMs), Entry(5 * kMs), Entry(7 * kMs)};
  queue[0].deadline = kNow + kMs;
  queue[2].shape_key = "other";
  const BatchLimits limits{.max_rows = 4, .preserve_ordering = true};
  EXPECT_THAT(First(Decide(queue, limits)), ElementsAre(1, 3));
}

TEST(ArrivalOrder, NoSmallerRequestOvertakes) {
  std::vector<QueueEntry> queue = {Entry(9 * kMs), Entry(8 * kMs), Entry(7 * kMs)};
  queue[0].rows = 3;
  queue[1].rows = 2;
  EXPECT_THAT(First(Decide(queue, {.max_rows = 4})), ElementsAre(0, 2));
  EXPECT_THAT(First(Decide(queue, {.max_rows = 4, .preserve_ordering = true})), ElementsAre(0));
}

TEST(ArrivalOrder, OneBatchRunsAtATimeOnTheWholeDevice) {
  const std::vector<QueueEntry> queue(4, Entry(kMs));
  const BatchLimits limits{.max_rows = 2, .preserve_ordering = true};
  const BatchDecision decision = Decide(queue, limits, {.count = 2, .free = 2, .narrow = true});
  ASSERT_EQ(decision.run.size(), 1);
  EXPECT_THAT(decision.run[0].members, ElementsAre(0, 1));
  EXPECT_EQ(decision.run[0].width, Width::kWide);
  EXPECT_THAT(Decide(queue, limits, {.count = 2, .free = 1}).run, IsEmpty());
}

}  // namespace
}  // namespace convoy::server
