#include "server/batching/batch_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace convoy::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
constexpr BatchLimits kGreedyOfFour{.max_rows = 4};
constexpr BatchLimits kPatientOfFour{.max_rows = 4, .max_queue_delay = absl::Milliseconds(5)};

// Arrived `age` ago, due in `left`.
QueueEntry Entry(absl::Duration age, absl::Duration left = absl::InfiniteDuration(),
                 int64_t rows = 1, std::string_view shape_key = "") {
  return {.shape_key = shape_key, .rows = rows, .arrival = kNow - age, .deadline = kNow + left};
}

TEST(DecideBatch, AnEmptyQueueWaitsForEver) {
  const BatchDecision decision = DecideBatch({}, true, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.run, IsEmpty());
  EXPECT_EQ(decision.wait_until, absl::InfiniteFuture());
}

TEST(DecideBatch, AnIdleDeviceTakesALoneRequestAtOnce) {
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration())};
  EXPECT_THAT(DecideBatch(queue, true, kNow, kGreedyOfFour).run, ElementsAre(0));
}

TEST(DecideBatch, ABusyDeviceTakesNothing) {
  const std::vector<QueueEntry> queue(9, Entry(absl::Seconds(3)));
  const BatchDecision decision = DecideBatch(queue, false, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.run, IsEmpty());
  EXPECT_EQ(decision.wait_until, absl::InfiniteFuture());
}

TEST(DecideBatch, ABatchStopsAtTheRowLimit) {
  const std::vector<QueueEntry> queue(9, Entry(absl::Milliseconds(1)));
  EXPECT_THAT(DecideBatch(queue, true, kNow, kGreedyOfFour).run, ElementsAre(0, 1, 2, 3));
}

TEST(DecideBatch, RowsCountNotRequests) {
  const auto age = absl::Milliseconds(1);
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(age, never, 3), Entry(age, never, 2),
                                         Entry(age, never, 1)};
  // The second does not fit beside the first; the third does. The second leads the next batch.
  EXPECT_THAT(DecideBatch(queue, true, kNow, kGreedyOfFour).run, ElementsAre(0, 2));
  EXPECT_THAT(DecideBatch(std::span(queue).subspan(1, 1), true, kNow, kGreedyOfFour).run,
              ElementsAre(0));
}

TEST(DecideBatch, ARequestOfAllRowsRunsAlone) {
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(2), absl::InfiniteDuration(), 4),
                                         Entry(absl::Milliseconds(1))};
  EXPECT_THAT(DecideBatch(queue, true, kNow, kGreedyOfFour).run, ElementsAre(0));
}

TEST(DecideBatch, WithoutBatchDimensionRequestsRunOneByOne) {
  const std::vector<QueueEntry> queue(3, Entry(absl::Milliseconds(1)));
  EXPECT_THAT(DecideBatch(queue, true, kNow, {.max_rows = 1}).run, ElementsAre(0));
}

TEST(DecideBatch, ShapesDoNotMix) {
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(4), never, 1, "28x28"),
                                         Entry(absl::Milliseconds(3), never, 1, "32x32"),
                                         Entry(absl::Milliseconds(2), never, 1, "28x28"),
                                         Entry(absl::Milliseconds(1), never, 1, "32x32")};
  EXPECT_THAT(DecideBatch(queue, true, kNow, kGreedyOfFour).run, ElementsAre(0, 2));
}

TEST(DecideBatch, TheNearestDeadlineGoesFirst) {
  const auto age = absl::Milliseconds(1);
  const std::vector<QueueEntry> queue = {Entry(age, absl::Milliseconds(300)),
                                         Entry(age, absl::Milliseconds(100)),
                                         Entry(age, absl::Milliseconds(200))};
  EXPECT_THAT(DecideBatch(queue, true, kNow, {.max_rows = 2}).run, ElementsAre(1, 2));
}

TEST(DecideBatch, TheNearestDeadlineChoosesTheShape) {
  const auto age = absl::Milliseconds(1);
  const std::vector<QueueEntry> queue = {Entry(age, absl::Milliseconds(300), 1, "small"),
                                         Entry(age, absl::Milliseconds(100), 1, "large"),
                                         Entry(age, absl::Milliseconds(200), 1, "small")};
  EXPECT_THAT(DecideBatch(queue, true, kNow, kGreedyOfFour).run, ElementsAre(1));
}

TEST(DecideBatch, EqualDeadlinesGoByAge) {
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(1)), Entry(absl::Milliseconds(9)),
                                         Entry(absl::Milliseconds(5))};
  EXPECT_THAT(DecideBatch(queue, true, kNow, {.max_rows = 2}).run, ElementsAre(1, 2));
}

TEST(DecideBatch, DeadlinesDoNotStarveARequestWithoutOne) {
  // It has waited longer than kPatience, the others are due in half a second.
  std::vector<QueueEntry> queue(8, Entry(absl::Milliseconds(1), absl::Milliseconds(500)));
  queue.push_back(Entry(kPatience + absl::Milliseconds(1)));
  EXPECT_THAT(DecideBatch(queue, true, kNow, {.max_rows = 2}).run, ElementsAre(8, 0));
}

TEST(DecideBatch, AnExpiredRequestLeavesEvenWhileTheDeviceIsBusy) {
  const std::vector<QueueEntry> queue = {Entry(absl::Seconds(1), absl::Milliseconds(-1)),
                                         Entry(absl::Seconds(1), absl::ZeroDuration()),
                                         Entry(absl::Seconds(1), absl::Milliseconds(7))};
  const BatchDecision decision = DecideBatch(queue, false, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.expired, ElementsAre(0, 1));
  EXPECT_THAT(decision.run, IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + absl::Milliseconds(7));
}

TEST(DecideBatch, ACancelledRequestLeavesAndIsNeverRun) {
  std::vector<QueueEntry> queue(3, Entry(absl::Milliseconds(1)));
  queue[1].cancelled = true;
  const BatchDecision decision = DecideBatch(queue, true, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.cancelled, ElementsAre(1));
  EXPECT_THAT(decision.run, ElementsAre(0, 2));
}

TEST(DecideBatch, CancelledAndExpiredCountsAsCancelledOnly) {
  std::vector<QueueEntry> queue = {Entry(absl::Seconds(1), absl::Milliseconds(-1))};
  queue[0].cancelled = true;
  const BatchDecision decision = DecideBatch(queue, true, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.cancelled, ElementsAre(0));
  EXPECT_THAT(decision.expired, IsEmpty());
}

TEST(DecideBatch, WithADelayItWaitsForTheOldestRequest) {
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(1)),
                                         Entry(absl::Milliseconds(3))};
  const BatchDecision decision = DecideBatch(queue, true, kNow, kPatientOfFour);
  EXPECT_THAT(decision.run, IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + absl::Milliseconds(2));
  EXPECT_THAT(DecideBatch(queue, true, decision.wait_until, kPatientOfFour).run, ElementsAre(1, 0));
}

TEST(DecideBatch, AFullBatchDoesNotWaitForTheDelay) {
  const std::vector<QueueEntry> queue(4, Entry(absl::ZeroDuration()));
  EXPECT_THAT(DecideBatch(queue, true, kNow, kPatientOfFour).run, ElementsAre(0, 1, 2, 3));
}

TEST(DecideBatch, ARequestThatMustStayBehindEndsTheDelay) {
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration(), never, 3),
                                         Entry(absl::ZeroDuration(), never, 2)};
  EXPECT_THAT(DecideBatch(queue, true, kNow, kPatientOfFour).run, ElementsAre(0));
}

TEST(DecideBatch, AFullShapeRunsWhileAnotherStillWaits) {
  const auto never = absl::InfiniteDuration();
  std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(2), never, 1, "rare")};
  queue.insert(queue.end(), 4, Entry(absl::Milliseconds(1), never, 1, "common"));
  EXPECT_THAT(DecideBatch(queue, true, kNow, kPatientOfFour).run, ElementsAre(1, 2, 3, 4));
}

TEST(DecideBatch, ANearDeadlineEndsTheDelayInTimeForTheRun) {
  BatchLimits limits = kPatientOfFour;
  limits.expected_run = absl::Milliseconds(20);
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration(), absl::Milliseconds(22))};
  const BatchDecision decision = DecideBatch(queue, true, kNow, limits);
  EXPECT_THAT(decision.run, IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + absl::Milliseconds(2));
  EXPECT_THAT(DecideBatch(queue, true, kNow + absl::Milliseconds(2), limits).run, ElementsAre(0));
}

TEST(DecideBatch, NoRequestIsNamedTwice) {
  std::vector<QueueEntry> queue;
  for (int i = 0; i < 60; ++i) {
    QueueEntry entry = Entry(absl::Milliseconds(i % 7), absl::Milliseconds(i % 11 - 3), 1 + i % 3,
                             i % 2 == 0 ? "even" : "odd");
    entry.cancelled = i % 13 == 0;
    queue.push_back(entry);
  }
  const BatchDecision decision = DecideBatch(queue, true, kNow, kGreedyOfFour);
  std::vector<int> seen(queue.size(), 0);
  int64_t rows = 0;
  for (const auto* part : {&decision.run, &decision.expired, &decision.cancelled}) {
    for (const size_t i : *part) ++seen[i];
  }
  for (const size_t i : decision.run) {
    rows += queue[i].rows;
    EXPECT_EQ(queue[i].shape_key, queue[decision.run[0]].shape_key);
  }
  EXPECT_THAT(seen, ::testing::Each(::testing::Le(1)));
  EXPECT_LE(rows, 4);
  EXPECT_GT(rows, 0);
}

}  // namespace
}  // namespace convoy::server
