#include "server/batching/batch_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace convoy::server {
namespace {

using compute::Width;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
constexpr LaneState kIdle{};
constexpr LaneState kBusy{.free = 0};
constexpr BatchLimits kGreedyOfFour{.max_rows = 4};
constexpr BatchLimits kPatientOfFour{.max_rows = 4, .max_queue_delay = absl::Milliseconds(5)};

// Arrived `age` ago, due in `left`.
QueueEntry Entry(absl::Duration age, absl::Duration left = absl::InfiniteDuration(),
                 int64_t rows = 1, std::string_view shape_key = "") {
  return {.shape_key = shape_key, .rows = rows, .arrival = kNow - age, .deadline = kNow + left};
}

BatchDecision Decide(std::span<const QueueEntry> queue, const LaneState& lanes, absl::Time now,
                     const BatchLimits& limits) {
  return DecideBatch(queue, lanes, {}, now, limits);
}

// Of a decision for one batch or none.
std::vector<size_t> Members(const BatchDecision& decision) {
  EXPECT_LE(decision.run.size(), 1);
  return decision.run.empty() ? std::vector<size_t>() : decision.run.front().members;
}

TEST(DecideBatch, AnEmptyQueueWaitsForEver) {
  const BatchDecision decision = Decide({}, kIdle, kNow, kGreedyOfFour);
  EXPECT_THAT(Members(decision), IsEmpty());
  EXPECT_EQ(decision.wait_until, absl::InfiniteFuture());
}

TEST(DecideBatch, AnIdleDeviceTakesALoneRequestAtOnce) {
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration())};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kGreedyOfFour)), ElementsAre(0));
}

TEST(DecideBatch, ABusyDeviceTakesNothing) {
  const std::vector<QueueEntry> queue(9, Entry(absl::Seconds(3)));
  const BatchDecision decision = Decide(queue, kBusy, kNow, kGreedyOfFour);
  EXPECT_THAT(Members(decision), IsEmpty());
  EXPECT_EQ(decision.wait_until, absl::InfiniteFuture());
}

TEST(DecideBatch, ABatchStopsAtTheRowLimit) {
  const std::vector<QueueEntry> queue(9, Entry(absl::Milliseconds(1)));
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kGreedyOfFour)), ElementsAre(0, 1, 2, 3));
}

TEST(DecideBatch, RowsCountNotRequests) {
  const auto age = absl::Milliseconds(1);
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(age, never, 3), Entry(age, never, 2),
                                         Entry(age, never, 1)};
  // The second does not fit beside the first; the third does. The second leads the next batch.
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kGreedyOfFour)), ElementsAre(0, 2));
  EXPECT_THAT(Members(Decide(std::span(queue).subspan(1, 1), kIdle, kNow, kGreedyOfFour)),
              ElementsAre(0));
}

TEST(DecideBatch, ARequestOfAllRowsRunsAlone) {
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(2), absl::InfiniteDuration(), 4),
                                         Entry(absl::Milliseconds(1))};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kGreedyOfFour)), ElementsAre(0));
}

TEST(DecideBatch, WithoutBatchDimensionRequestsRunOneByOne) {
  const std::vector<QueueEntry> queue(3, Entry(absl::Milliseconds(1)));
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, {.max_rows = 1})), ElementsAre(0));
}

TEST(DecideBatch, ShapesDoNotMix) {
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(4), never, 1, "28x28"),
                                         Entry(absl::Milliseconds(3), never, 1, "32x32"),
                                         Entry(absl::Milliseconds(2), never, 1, "28x28"),
                                         Entry(absl::Milliseconds(1), never, 1, "32x32")};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kGreedyOfFour)), ElementsAre(0, 2));
}

TEST(DecideBatch, TheNearestDeadlineGoesFirst) {
  const auto age = absl::Milliseconds(1);
  const std::vector<QueueEntry> queue = {Entry(age, absl::Milliseconds(300)),
                                         Entry(age, absl::Milliseconds(100)),
                                         Entry(age, absl::Milliseconds(200))};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, {.max_rows = 2})), ElementsAre(1, 2));
}

TEST(DecideBatch, TheNearestDeadlineChoosesTheShape) {
  const auto age = absl::Milliseconds(1);
  const std::vector<QueueEntry> queue = {Entry(age, absl::Milliseconds(300), 1, "small"),
                                         Entry(age, absl::Milliseconds(100), 1, "large"),
                                         Entry(age, absl::Milliseconds(200), 1, "small")};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kGreedyOfFour)), ElementsAre(1));
}

TEST(DecideBatch, EqualDeadlinesGoByAge) {
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(1)), Entry(absl::Milliseconds(9)),
                                         Entry(absl::Milliseconds(5))};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, {.max_rows = 2})), ElementsAre(1, 2));
}

TEST(DecideBatch, DeadlinesDoNotStarveARequestWithoutOne) {
  // It has waited longer than kPatience, the others are due in half a second.
  std::vector<QueueEntry> queue(8, Entry(absl::Milliseconds(1), absl::Milliseconds(500)));
  queue.push_back(Entry(kPatience + absl::Milliseconds(1)));
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, {.max_rows = 2})), ElementsAre(8, 0));
}

TEST(DecideBatch, AnExpiredRequestLeavesEvenWhileTheDeviceIsBusy) {
  const std::vector<QueueEntry> queue = {Entry(absl::Seconds(1), absl::Milliseconds(-1)),
                                         Entry(absl::Seconds(1), absl::ZeroDuration()),
                                         Entry(absl::Seconds(1), absl::Milliseconds(7))};
  const BatchDecision decision = Decide(queue, kBusy, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.expired, ElementsAre(0, 1));
  EXPECT_THAT(Members(decision), IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + absl::Milliseconds(7));
}

TEST(DecideBatch, ACancelledRequestLeavesAndIsNeverRun) {
  std::vector<QueueEntry> queue(3, Entry(absl::Milliseconds(1)));
  queue[1].cancelled = true;
  const BatchDecision decision = Decide(queue, kIdle, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.cancelled, ElementsAre(1));
  EXPECT_THAT(Members(decision), ElementsAre(0, 2));
}

TEST(DecideBatch, CancelledAndExpiredCountsAsCancelledOnly) {
  std::vector<QueueEntry> queue = {Entry(absl::Seconds(1), absl::Milliseconds(-1))};
  queue[0].cancelled = true;
  const BatchDecision decision = Decide(queue, kIdle, kNow, kGreedyOfFour);
  EXPECT_THAT(decision.cancelled, ElementsAre(0));
  EXPECT_THAT(decision.expired, IsEmpty());
}

TEST(DecideBatch, WithADelayItWaitsForTheOldestRequest) {
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(1)),
                                         Entry(absl::Milliseconds(3))};
  const BatchDecision decision = Decide(queue, kIdle, kNow, kPatientOfFour);
  EXPECT_THAT(Members(decision), IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + absl::Milliseconds(2));
  EXPECT_THAT(Members(Decide(queue, kIdle, decision.wait_until, kPatientOfFour)),
              ElementsAre(1, 0));
}

TEST(DecideBatch, AFullBatchDoesNotWaitForTheDelay) {
  const std::vector<QueueEntry> queue(4, Entry(absl::ZeroDuration()));
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kPatientOfFour)), ElementsAre(0, 1, 2, 3));
}

TEST(DecideBatch, ARequestThatMustStayBehindEndsTheDelay) {
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration(), never, 3),
                                         Entry(absl::ZeroDuration(), never, 2)};
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kPatientOfFour)), ElementsAre(0));
}

TEST(DecideBatch, AFullShapeRunsWhileAnotherStillWaits) {
  const auto never = absl::InfiniteDuration();
  std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(2), never, 1, "rare")};
  queue.insert(queue.end(), 4, Entry(absl::Milliseconds(1), never, 1, "common"));
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow, kPatientOfFour)), ElementsAre(1, 2, 3, 4));
}

TEST(DecideBatch, ANearDeadlineEndsTheDelayInTimeForTheRun) {
  BatchLimits limits = kPatientOfFour;
  limits.expected_run = absl::Milliseconds(20);
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration(), absl::Milliseconds(22))};
  const BatchDecision decision = Decide(queue, kIdle, kNow, limits);
  EXPECT_THAT(Members(decision), IsEmpty());
  EXPECT_EQ(decision.wait_until, kNow + absl::Milliseconds(2));
  EXPECT_THAT(Members(Decide(queue, kIdle, kNow + absl::Milliseconds(2), limits)), ElementsAre(0));
}

TEST(DecideBatch, NoRequestIsNamedTwice) {
  std::vector<QueueEntry> queue;
  for (int i = 0; i < 60; ++i) {
    QueueEntry entry = Entry(absl::Milliseconds(i % 7), absl::Milliseconds(i % 11 - 3), 1 + i % 3,
                             i % 2 == 0 ? "even" : "odd");
    entry.cancelled = i % 13 == 0;
    queue.push_back(entry);
  }
  const BatchDecision decision = Decide(queue, kIdle, kNow, kGreedyOfFour);
  std::vector<int> seen(queue.size(), 0);
  int64_t rows = 0;
  const std::vector<size_t> members = Members(decision);
  for (const auto* part : {&members, &decision.expired, &decision.cancelled}) {
    for (const size_t i : *part) ++seen[i];
  }
  for (const size_t i : members) {
    rows += queue[i].rows;
    EXPECT_EQ(queue[i].shape_key, queue[members[0]].shape_key);
  }
  EXPECT_THAT(seen, ::testing::Each(::testing::Le(1)));
  EXPECT_LE(rows, 4);
  EXPECT_GT(rows, 0);
}

// Two cores as two lanes. A run on both takes 0.6 of one on one core.
constexpr LaneState kBothFree{.count = 2, .free = 2, .narrow = true};
constexpr LaneState kOneFree{.count = 2, .free = 1, .narrow = true};
constexpr LaneState kNoneFree{.count = 2, .free = 0, .narrow = true};
const std::vector<BucketTime> kTwoCores = {
    {.rows = 1, .wide = absl::Milliseconds(6), .narrow = absl::Milliseconds(10)},
    {.rows = 2, .wide = absl::Milliseconds(12), .narrow = absl::Milliseconds(20)},
    {.rows = 4, .wide = absl::Milliseconds(24), .narrow = absl::Milliseconds(40)}};

BatchLimits LimitsOf(const std::vector<BucketTime>& times) {
  return {.max_rows = 4, .times = times};
}

std::vector<std::vector<size_t>> Batches(const BatchDecision& decision) {
  std::vector<std::vector<size_t>> batches;
  for (const DecidedBatch& batch : decision.run) batches.push_back(batch.members);
  return batches;
}

std::vector<QueueEntry> Waiting(int requests) {
  return std::vector<QueueEntry>(static_cast<size_t>(requests), Entry(absl::Milliseconds(1)));
}

TEST(DecideBatchOnLanes, ALoneRequestGetsAllCores) {
  const BatchDecision decision = Decide(Waiting(1), kBothFree, kNow, LimitsOf(kTwoCores));
  EXPECT_THAT(Batches(decision), ElementsAre(ElementsAre(0)));
  EXPECT_EQ(decision.run[0].width, Width::kWide);
}

TEST(DecideBatchOnLanes, TwoRequestsGetACoreEach) {
  const BatchDecision decision = Decide(Waiting(2), kBothFree, kNow, LimitsOf(kTwoCores));
  EXPECT_THAT(Batches(decision), ElementsAre(ElementsAre(0), ElementsAre(1)));
  EXPECT_EQ(decision.run[0].width, Width::kNarrow);
  EXPECT_EQ(decision.run[1].width, Width::kNarrow);
}

TEST(DecideBatchOnLanes, ARequestBesideARunningOneGetsTheFreeCore) {
  const BatchDecision decision = Decide(Waiting(1), kOneFree, kNow, LimitsOf(kTwoCores));
  EXPECT_THAT(Batches(decision), ElementsAre(ElementsAre(0)));
  EXPECT_EQ(decision.run[0].width, Width::kNarrow);
}

TEST(DecideBatchOnLanes, NothingRunsWhereNoLaneIsFree) {
  EXPECT_THAT(Batches(Decide(Waiting(9), kNoneFree, kNow, LimitsOf(kTwoCores))), IsEmpty());
}

TEST(DecideBatchOnLanes, ALoneRequestGetsOneCoreWhereAllAreSlower) {
  std::vector<BucketTime> times = kTwoCores;
  times[0].wide = absl::Milliseconds(15);  // another process has the other core, say
  const BatchDecision decision = Decide(Waiting(1), kBothFree, kNow, LimitsOf(times));
  EXPECT_EQ(decision.run.at(0).width, Width::kNarrow);
}

TEST(DecideBatchOnLanes, ANetworkWhoseBatchIsNearlyFreeRunsWide) {
  // Dense layers, which read their weights once a batch.
  const std::vector<BucketTime> times = {
      {.rows = 1, .wide = absl::Milliseconds(10), .narrow = absl::Milliseconds(15)},
      {.rows = 2, .wide = absl::Milliseconds(11), .narrow = absl::Milliseconds(17)},
      {.rows = 4, .wide = absl::Milliseconds(12), .narrow = absl::Milliseconds(25)}};
  const BatchDecision decision = Decide(Waiting(4), kBothFree, kNow, LimitsOf(times));
  EXPECT_THAT(Batches(decision), ElementsAre(ElementsAre(0, 1, 2, 3)));
  EXPECT_EQ(decision.run[0].width, Width::kWide);
}

TEST(DecideBatchOnLanes, NoBatchIsFilledUpWhereASmallerOneEndsSooner) {
  // Three rows in the plan of four would compute one for nobody.
  EXPECT_THAT(Batches(Decide(Waiting(3), kOneFree, kNow, LimitsOf(kTwoCores))),
              ElementsAre(ElementsAre(0)));
  const std::vector<BucketTime> free_batch = {{.rows = 1, .wide = absl::Milliseconds(10)},
                                              {.rows = 2, .wide = absl::Milliseconds(11)},
                                              {.rows = 4, .wide = absl::Milliseconds(12)}};
  EXPECT_THAT(Batches(Decide(Waiting(3), kIdle, kNow, LimitsOf(free_batch))),
              ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(DecideBatchOnLanes, ARequestIsNotCut) {
  const auto never = absl::InfiniteDuration();
  const std::vector<QueueEntry> queue = {Entry(absl::Milliseconds(2), never, 3),
                                         Entry(absl::Milliseconds(1), never, 1)};
  EXPECT_THAT(Batches(Decide(queue, kOneFree, kNow, LimitsOf(kTwoCores))),
              ElementsAre(ElementsAre(0, 1)));
}

TEST(DecideBatchOnLanes, WithoutTimesSeveralAreSpreadEvenly) {
  const BatchDecision decision = Decide(Waiting(5), kBothFree, kNow, {.max_rows = 8});
  EXPECT_THAT(Batches(decision), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
  EXPECT_EQ(decision.run[0].width, Width::kNarrow);
  EXPECT_EQ(Decide(Waiting(1), kBothFree, kNow, {.max_rows = 8}).run.at(0).width, Width::kWide);
}

TEST(DecideBatchOnLanes, CallersSeenTogetherAreExpectedBack) {
  BatchLimits limits = LimitsOf(kTwoCores);
  limits.expected_run = absl::Milliseconds(10);
  const SeenLoad load = UpdateLoad({}, 2, kNow - absl::Milliseconds(10), limits.expected_run);
  const auto width = [&](absl::Time now) {
    return DecideBatch(Waiting(1), kBothFree, load, now, limits).run.at(0).width;
  };
  EXPECT_EQ(width(kNow), Width::kNarrow);
  EXPECT_EQ(width(kNow + absl::Milliseconds(1)), Width::kWide);
}

TEST(DecideBatchOnLanes, TheSeenLoadIsTheHighestOfLate) {
  const absl::Duration run = absl::Milliseconds(10);
  SeenLoad load = UpdateLoad({}, 3, kNow, run);
  load = UpdateLoad(load, 1, kNow + run, run);
  EXPECT_EQ(load.rows, 3);
  load = UpdateLoad(load, 1, kNow + run + absl::Nanoseconds(1), run);
  EXPECT_EQ(load.rows, 1);
  EXPECT_EQ(UpdateLoad(load, 5, kNow + run, run).rows, 5);
}

// Two lanes of a GPU: no parts of it, the second for transfers beside computation.
constexpr LaneState kGpuIdle{.count = 2, .free = 2};
constexpr LaneState kGpuOneFree{.count = 2, .free = 1};

TEST(DecideBatchOnLanes, AnIdleGpuTakesWhatThereIs) {
  EXPECT_THAT(Batches(Decide(Waiting(2), kGpuIdle, kNow, kGreedyOfFour)),
              ElementsAre(ElementsAre(0, 1)));
}

TEST(DecideBatchOnLanes, TheSecondLaneOfAGpuTakesFullBatchesOnly) {
  EXPECT_THAT(Batches(Decide(Waiting(3), kGpuOneFree, kNow, kGreedyOfFour)), IsEmpty());
  EXPECT_THAT(Batches(Decide(Waiting(5), kGpuOneFree, kNow, kGreedyOfFour)),
              ElementsAre(ElementsAre(0, 1, 2, 3)));
}

TEST(DecideBatchOnLanes, TheSecondLaneOfAGpuTakesWhatHasWaitedItsDelay) {
  const BatchDecision early = Decide(Waiting(3), kGpuOneFree, kNow, kPatientOfFour);
  EXPECT_THAT(Batches(early), IsEmpty());
  EXPECT_EQ(early.wait_until, kNow + absl::Milliseconds(4));
  EXPECT_THAT(Batches(Decide(Waiting(3), kGpuOneFree, early.wait_until, kPatientOfFour)),
              ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(DecideBatchOnLanes, TheSecondLaneOfAGpuKeepsADeadline) {
  BatchLimits limits = kGreedyOfFour;
  limits.expected_run = absl::Milliseconds(20);
  const std::vector<QueueEntry> queue = {Entry(absl::ZeroDuration(), absl::Milliseconds(22))};
  EXPECT_EQ(Decide(queue, kGpuOneFree, kNow, limits).wait_until, kNow + absl::Milliseconds(2));
  EXPECT_THAT(Batches(Decide(queue, kGpuOneFree, kNow + absl::Milliseconds(2), limits)),
              ElementsAre(ElementsAre(0)));
}

}  // namespace
}  // namespace convoy::server
