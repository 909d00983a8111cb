#include "compute/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const HostTensor> Weights(Shape shape) {
  return std::make_shared<HostTensor>(TensorSpec{DType::kFloat32, std::move(shape)});
}

PlanValue Value(Shape shape, std::shared_ptr<const HostTensor> constant = nullptr) {
  return {"v", {DType::kFloat32, std::move(shape)}, std::move(constant)};
}

// %0 input -> Conv with %1, %2 -> %3 -> Softmax -> %4
Plan TwoSteps() {
  Plan plan;
  plan.name = "two steps";
  ConvParams conv;
  conv.window.kernel = {1, 3, 3};
  conv.window.pads_begin = conv.window.pads_end = {0, 1, 1};
  conv.has_bias = true;
  conv.activation.kind = ActivationKind::kRelu;
  plan.values = {Value({8, 3, 6, 6}), Value({4, 3, 3, 3}, Weights({4, 3, 3, 3})),
                 Value({4}, Weights({4})), Value({8, 4, 6, 6}), Value({8, 4, 6, 6})};
  plan.steps = {{"conv1", conv, {0, 1, 2}, {3}}, {"probabilities", SoftmaxParams{1}, {3}, {4}}};
  plan.inputs = {0};
  plan.outputs = {4};
  return plan;
}

std::string ErrorOf(const Plan& plan) {
  const absl::Status status = VerifyPlan(plan);
  EXPECT_TRUE(status.ok() || absl::IsInternal(status)) << status;
  return std::string(status.message());
}

TEST(PlanTest, TextHasOneLineAStep) {
  EXPECT_EQ(ToString(TwoSteps()),
            "%0 = input                                                       : FP32[8x3x6x6]\n"
            "%1 = constant                                                    : FP32[4x3x3x3]\n"
            "%2 = constant                                                    : FP32[4]\n"
            "%3 = Conv(%0, %1, %2) kernel=3x3 pads=1,1,1,1 act=relu           : FP32[8x4x6x6]\n"
            "%4 = Softmax(%3) axis=1                                          : FP32[8x4x6x6]\n"
            "return %4\n");
}

TEST(VerifyPlanTest, AcceptsWhatIsSound) {
  EXPECT_EQ(ErrorOf(TwoSteps()), "");
  Plan plan = TwoSteps();
  plan.outputs = {4, 0, 1};  // inputs and constants may be shown too
  EXPECT_EQ(ErrorOf(plan), "");
}

TEST(VerifyPlanTest, NamesTheStepAndTheValue) {
  Plan plan = TwoSteps();
  plan.steps[1].inputs = {5};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("%5 is named, but the plan has 5 values"));
  EXPECT_THAT(ErrorOf(plan), HasSubstr("while verifying step 'probabilities' of plan 'two steps'"));
}

TEST(VerifyPlanTest, RefusesReadingBeforeWriting) {
  Plan plan = TwoSteps();
  std::swap(plan.steps[0], plan.steps[1]);
  EXPECT_THAT(ErrorOf(plan), HasSubstr("%3 is read before it is defined"));
  plan = TwoSteps();
  plan.steps.pop_back();
  EXPECT_THAT(ErrorOf(plan), HasSubstr("%4 is read before it is defined"));
}

TEST(VerifyPlanTest, RefusesASecondDefinition) {
  Plan plan = TwoSteps();
  plan.steps[1].outputs = {3};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("%3 is defined twice"));
  plan = TwoSteps();
  plan.inputs = {0, 0};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("%0 is defined twice"));
  plan = TwoSteps();
  plan.inputs = {0, 1};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("%1 is defined twice"));
}

TEST(VerifyPlanTest, RefusesSpecsThatInferenceDoesNotGive) {
  Plan plan = TwoSteps();
  plan.values[3].spec.shape = {8, 4, 5, 6};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("Conv makes FP32[8x4x6x6]"));
  plan = TwoSteps();
  plan.values[1].constant = Weights({4, 3, 3, 5});
  EXPECT_THAT(ErrorOf(plan), HasSubstr("its constant is FP32[4x3x3x5]"));
  plan = TwoSteps();
  plan.steps[0].outputs = {3, 4};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("Conv has 1 outputs, but the step names 2"));
  plan = TwoSteps();
  plan.steps[1].op = SoftmaxParams{4};
  EXPECT_THAT(ErrorOf(plan), HasSubstr("axis is 4"));
}

}  // namespace
}  // namespace convoy::compute
