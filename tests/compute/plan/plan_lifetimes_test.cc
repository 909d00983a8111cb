#include "compute/plan/plan_lifetimes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

TEST(PlanLifetimesTest, AValueLivesUntilItsLastReaderAndAnOutputLonger) {
  const TensorSpec spec{DType::kFloat32, {1, 4}};
  const ActivationParams relu{ActivationKind::kRelu};
  Plan plan;
  plan.values.assign(5, {"v", spec, nullptr});
  plan.inputs = {0};
  // 0 -> 1 -> 2 -> 4 and 1 -> 3; 2 and 3 are outputs, and so is the unread 4 not.
  plan.steps = {
      {"a", relu, {0}, {1}}, {"b", relu, {1}, {2}}, {"c", relu, {1}, {3}}, {"d", relu, {2}, {4}}};
  plan.outputs = {3, 2};
  const PlanLifetimes lifetimes = FindLifetimes(plan);
  EXPECT_THAT(lifetimes.block, testing::ElementsAre(kNotInArena, 0, 1, 2, 3));
  ASSERT_EQ(lifetimes.blocks.size(), 4);
  const auto life = [&](int block) {
    return std::pair(lifetimes.blocks[block].first, lifetimes.blocks[block].last);
  };
  EXPECT_EQ(life(0), std::pair(0, 2));
  EXPECT_EQ(life(1), std::pair(1, 4));
  EXPECT_EQ(life(2), std::pair(2, 4));
  EXPECT_EQ(life(3), std::pair(3, 3));
  EXPECT_EQ(lifetimes.blocks[0].bytes, 16);
}

}  // namespace
}  // namespace convoy::compute
