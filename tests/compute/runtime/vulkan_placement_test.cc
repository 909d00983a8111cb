#include "compute/runtime/vulkan_placement.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

constexpr int64_t kAlignment = 256;

RecordedDispatch Dispatch(std::vector<int> inputs, int output) {
  RecordedDispatch dispatch;
  std::copy(inputs.begin(), inputs.end(), dispatch.inputs.begin());
  dispatch.output = output;
  return dispatch;
}

// input 0 -> 1 -> 2 -> 3 -> output 4, each of 1000 bytes.
RecordedPlan Chain() {
  RecordedPlan plan;
  plan.storages.resize(5);
  for (RecordedStorage& storage : plan.storages) storage.bytes = 1000;
  plan.storages[0].kind = StorageKind::kInput;
  plan.storages[4].kind = StorageKind::kOutput;
  for (int i = 0; i < 4; ++i) plan.dispatches.push_back(Dispatch({i}, i + 1));
  return plan;
}

TEST(VulkanPlacementTest, AChainNeedsTwoPlaces) {
  const StoragePlacement placement = PlaceStorages(Chain(), kAlignment);
  EXPECT_EQ(placement.arena_bytes, kZeroBytes + 2 * 1024);
  EXPECT_EQ(placement.arena_peak_bytes, 2 * 1024);
  EXPECT_NE(placement.offsets[1], placement.offsets[2]);
  EXPECT_EQ(placement.offsets[1], placement.offsets[3]) << "1 is dead when 3 is written";
}

TEST(VulkanPlacementTest, NothingLiesInTheZeros) {
  const StoragePlacement placement = PlaceStorages(Chain(), kAlignment);
  for (const int64_t offset : placement.offsets) {
    EXPECT_GE(offset, kZeroBytes);
    EXPECT_EQ(offset % kAlignment, 0);
  }
  EXPECT_EQ(placement.input_bytes, kZeroBytes + 1024);
  EXPECT_EQ(placement.output_bytes, kZeroBytes + 1024);
}

TEST(VulkanPlacementTest, ASkipConnectionKeepsItsPlace) {
  RecordedPlan plan = Chain();
  plan.dispatches[3] = Dispatch({3, 1}, 4);
  const StoragePlacement placement = PlaceStorages(plan, kAlignment);
  EXPECT_EQ(placement.arena_bytes, kZeroBytes + 3 * 1024);
}

TEST(VulkanPlacementTest, WhatIsNeverUsedTakesNoMemory) {
  RecordedPlan plan = Chain();
  plan.storages.push_back({.bytes = int64_t{1} << 30});
  EXPECT_EQ(PlaceStorages(plan, kAlignment).arena_bytes, kZeroBytes + 2 * 1024);
}

TEST(VulkanPlacementTest, APlanWithoutDispatchesHasZerosOnly) {
  const StoragePlacement placement = PlaceStorages({}, kAlignment);
  EXPECT_EQ(placement.arena_bytes, kZeroBytes);
  EXPECT_EQ(placement.arena_peak_bytes, 0);
}

// 1 and 2 are halves of 5, which 3 is made from.
TEST(VulkanPlacementTest, PartsLieInTheirWhole) {
  RecordedPlan plan = Chain();
  plan.storages.push_back({.bytes = 2048});
  plan.storages[1].part_of = plan.storages[2].part_of = 5;
  plan.storages[2].part_offset = 1024;
  plan.dispatches[2] = Dispatch({5}, 3);
  const StoragePlacement placement = PlaceStorages(plan, kAlignment);
  EXPECT_EQ(placement.offsets[1], placement.offsets[5]);
  EXPECT_EQ(placement.offsets[2], placement.offsets[5] + 1024);
  EXPECT_EQ(placement.arena_bytes, kZeroBytes + 2048 + 1024) << "the whole lives with its parts";
}

}  // namespace
}  // namespace convoy::compute
