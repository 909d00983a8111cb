#include "compute/runtime/split_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// %0 -> relu -> %1 -> sigmoid -> %2 -> add(%1, constant %4) ... -> %3
Plan ChainPlan() {
  const TensorSpec spec{DType::kFloat32, {2, 3}};
  Plan plan;
  plan.name = "chain";
  for (const char* name : {"x", "a", "b", "y", "c"}) plan.values.push_back({name, spec, nullptr});
  plan.values[4].constant = std::make_shared<const HostTensor>(spec);
  plan.inputs = {0};
  plan.outputs = {3};
  plan.steps.push_back({"relu", ActivationParams{ActivationKind::kRelu}, {0}, {1}});
  plan.steps.push_back({"sigmoid", ActivationParams{ActivationKind::kSigmoid}, {1}, {2}});
  plan.steps.push_back({"sum", BinaryParams{BinaryKind::kAdd, {}}, {2, 4}, {3}});
  return plan;
}

TEST(SplitPlanTest, OneDeviceMakesOnePart) {
  const std::vector<PlanPart> parts = SplitPlan(ChainPlan(), {false, false, false});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_FALSE(parts[0].second);
  EXPECT_THAT(parts[0].inputs, ElementsAre(0));
  EXPECT_THAT(parts[0].outputs, ElementsAre(3));
  EXPECT_EQ(parts[0].plan.steps.size(), 3U);
  EXPECT_TRUE(VerifyPlan(parts[0].plan).ok());
}

TEST(SplitPlanTest, CutsWhereTheDeviceChanges) {
  const std::vector<PlanPart> parts = SplitPlan(ChainPlan(), {false, true, false});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_THAT(parts[0].outputs, ElementsAre(1));
  EXPECT_TRUE(parts[1].second);
  EXPECT_THAT(parts[1].inputs, ElementsAre(1));
  EXPECT_THAT(parts[1].outputs, ElementsAre(2));
  EXPECT_THAT(parts[2].inputs, ElementsAre(2)) << "the constant is no input";
  for (const PlanPart& part : parts) EXPECT_TRUE(VerifyPlan(part.plan).ok()) << part.plan.name;
}

TEST(SplitPlanTest, AValueThatSeveralPartsNeedIsAnOutputOfItsOwn) {
  Plan plan = ChainPlan();
  plan.steps[2].inputs = {2, 1};  // the first part's value, past the second part
  const std::vector<PlanPart> parts = SplitPlan(plan, {false, true, false});
  EXPECT_THAT(parts[0].outputs, ElementsAre(1));
  EXPECT_THAT(parts[2].inputs, ElementsAre(2, 1));
}

TEST(SplitPlanTest, APlanWithoutStepsHasNoParts) {
  Plan plan = ChainPlan();
  plan.steps.clear();
  plan.outputs = {0};
  EXPECT_THAT(SplitPlan(plan, {}), IsEmpty());
}

}  // namespace
}  // namespace convoy::compute
