#include "client/bench/stage_table.h"

#include <gtest/gtest.h>

namespace convoy::client {
namespace {

constexpr absl::Duration kMs = absl::Milliseconds(1);

absl::Duration Sum(const StageSplit& split) {
  absl::Duration sum;
  for (const absl::Duration stage : split) sum += stage;
  return sum;
}

TEST(SplitStagesTest, AddsUpToTheResponseTime) {
  const StageSplit split = SplitStages(4 * kMs, 20 * kMs, {1 * kMs, 2 * kMs, 3 * kMs, 8 * kMs, 1});
  EXPECT_EQ(split[kStageWait], 4 * kMs);
  EXPECT_EQ(split[kStageNetwork], 12 * kMs);
  EXPECT_EQ(split[kStageCompute], 3 * kMs);
  EXPECT_EQ(split[kStageOther], 2 * kMs);
  EXPECT_EQ(Sum(split), 24 * kMs);
}

TEST(SplitStagesTest, AServerThatClaimsTooMuchIsCut) {
  const StageSplit split = SplitStages(-1 * kMs, 5 * kMs, {2 * kMs, 9 * kMs, 9 * kMs, 1 * kMs, 1});
  EXPECT_EQ(split[kStageDecode], 2 * kMs);
  EXPECT_EQ(split[kStageQueue], 3 * kMs);
  EXPECT_EQ(split[kStageCompute], absl::ZeroDuration());
  EXPECT_EQ(Sum(split), 5 * kMs);
}

TEST(StageTableTest, TellsTheSlowestFromTheRest) {
  StageTable table;
  // 1 % of the calls wait 90 ms in the queue, the others none.
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration queue = i % 100 == 0 ? 90 * kMs : absl::ZeroDuration();
    table.Record(10 * kMs + queue, SplitStages({}, 10 * kMs + queue, {{}, queue, 5 * kMs, {}, 1}));
  }
  const StageTable::Row slowest = table.Between(0.99, 1);
  EXPECT_DOUBLE_EQ(slowest.calls, 10);
  EXPECT_EQ(slowest.mean[kStageQueue], 90 * kMs);
  EXPECT_EQ(table.Between(0.45, 0.55).mean[kStageQueue], absl::ZeroDuration());
  EXPECT_NEAR(absl::ToDoubleMilliseconds(table.Between(0, 1).mean[kStageQueue]), 0.9, 1e-9);
  EXPECT_EQ(table.Between(0, 1).mean[kStageCompute], 5 * kMs);
}

TEST(StageTableTest, EmptyHasNoCalls) {
  EXPECT_TRUE(StageTable().empty());
  EXPECT_EQ(StageTable().Between(0, 1).calls, 0);
}

}  // namespace
}  // namespace convoy::client
