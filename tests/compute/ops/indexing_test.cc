#include "compute/ops/indexing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;

TEST(IndexingTest, StridesAreRowMajor) {
  EXPECT_THAT(StridesOf({2, 3, 4}), ElementsAre(12, 4, 1));
  EXPECT_TRUE(StridesOf({}).empty());
}

TEST(IndexingTest, BroadcastDimensionsStandStill) {
  EXPECT_THAT(BroadcastStrides({3, 1}, {2, 3, 4}), ElementsAre(0, 1, 0));
  EXPECT_THAT(BroadcastStrides({2, 3, 4}, {2, 3, 4}), ElementsAre(12, 4, 1));
}

TEST(IndexingTest, WalkFollowsTheStrides) {
  OffsetWalk walk({2, 3}, {1, 10}, 100);
  std::vector<int64_t> offsets;
  for (int i = 0; i < 7; ++i) {
    offsets.push_back(walk.offset());
    walk.Next();
  }
  EXPECT_THAT(offsets, ElementsAre(100, 110, 120, 101, 111, 121, 100));
}

TEST(IndexingTest, NextIndexCarriesAndStartsAgain) {
  Index index = {0, 1};
  NextIndex({2, 2}, index);
  EXPECT_THAT(index, ElementsAre(1, 0));
  index = {1, 1};
  NextIndex({2, 2}, index);
  EXPECT_THAT(index, ElementsAre(0, 0));
}

}  // namespace
}  // namespace convoy::compute
