#include "compute/plan/plan_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

PlanValue Value(Shape shape) { return {"v", {DType::kFloat32, std::move(shape)}, nullptr}; }

PlanValue Weights(const Shape& shape) {
  const TensorSpec spec{DType::kFloat32, shape};
  return {"w", spec, std::make_shared<const HostTensor>(spec)};
}

// Six rows of 4x3 images, pooled, flattened, multiplied, under a softmax.
Plan Classifier() {
  GemmParams dense;
  dense.trans_b = true;
  Plan plan;
  plan.values = {Value({6, 4, 5, 3}), Value({6, 4, 1, 1}), Value({6, 4}),
                 Weights({6, 4}),     Value({6, 6}),       Value({6, 6})};
  plan.steps = {{"pool", GlobalPoolParams{PoolKind::kAverage}, {0}, {1}},
                {"flatten", ReshapeParams{Shape{6, 4}}, {1}, {2}},
                {"dense", dense, {2, 3}, {4}},
                {"softmax", SoftmaxParams{1}, {4}, {5}}};
  plan.inputs = {0};
  plan.outputs = {5};
  plan.rows = 6;
  return plan;
}

TEST(PlanRowsTest, ChangesEveryValueThatHasRowsAndNoOther) {
  const Plan plan = Classifier();
  ASSERT_TRUE(VerifyPlan(plan).ok());
  const auto made = PlanForRows(plan, 2);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(VerifyPlan(*made).ok()) << VerifyPlan(*made);
  EXPECT_EQ(made->rows, 2);
  std::vector<Shape> shapes;
  for (const PlanValue& value : made->values) shapes.push_back(value.spec.shape);
  EXPECT_THAT(shapes, testing::ElementsAre(Shape{2, 4, 5, 3}, Shape{2, 4, 1, 1}, Shape{2, 4},
                                           Shape{6, 4}, Shape{2, 6}, Shape{2, 6}));
  EXPECT_EQ(made->values[3].constant, plan.values[3].constant);
}

TEST(PlanRowsTest, RefusesRowsThatThePlanDoesNotHave) {
  Plan plan = Classifier();
  EXPECT_TRUE(absl::IsUnimplemented(PlanForRows(plan, 0).status()));
  EXPECT_TRUE(absl::IsUnimplemented(PlanForRows(plan, 7).status()));
  plan.rows = 0;
  EXPECT_TRUE(absl::IsUnimplemented(PlanForRows(plan, 1).status()));
}

void ExpectRefused(const Plan& plan, const std::string& step) {
  ASSERT_TRUE(VerifyPlan(plan).ok()) << VerifyPlan(plan);
  const auto made = PlanForRows(plan, 3);
  EXPECT_TRUE(absl::IsUnimplemented(made.status())) << made.status();
  EXPECT_THAT(made.status().message(), HasSubstr("'" + step + "'"));
}

TEST(PlanRowsTest, RefusesWhatLooksAlongTheBatch) {
  Plan plan = Classifier();
  plan.steps[3].op = SoftmaxParams{0};
  ExpectRefused(plan, "softmax");
  // Six rows by six columns: the shape would not tell.
  plan.steps[3].op = TransposeParams{{1, 0}};
  ExpectRefused(plan, "softmax");
}

TEST(PlanRowsTest, RefusesABatchFoldedIntoAnotherDimensionOrBuiltIntoAWeight) {
  Plan plan = Classifier();
  plan.steps[1].op = ReshapeParams{Shape{12, 2}};
  plan.values[2] = Value({12, 2});
  plan.values[3] = Weights({6, 2});
  plan.values[4] = plan.values[5] = Value({12, 6});
  ExpectRefused(plan, "flatten");

  plan = Classifier();
  plan.steps[3].op = BinaryParams{BinaryKind::kAdd};
  plan.steps[3].inputs = {4, 6};
  plan.values.push_back(Weights({6, 6}));
  ExpectRefused(plan, "softmax");
}

TEST(PlanRowsTest, RefusesRowsThatBroadcastingLaysAlongAnotherDimension) {
  // A mean of each row, subtracted from the columns: six of both, so that shapes do not tell.
  Plan plan = Classifier();
  plan.steps[3] = {"mean", ReduceParams{ReduceKind::kMean, {1}, false}, {4}, {5}};
  plan.values[5] = Value({6});
  plan.steps.push_back({"subtract", BinaryParams{BinaryKind::kSub}, {4, 5}, {6}});
  plan.values.push_back(Value({6, 6}));
  plan.outputs = {6};
  ExpectRefused(plan, "subtract");
}

TEST(PlanRowsTest, RefusesAnOutputWithoutRows) {
  Plan plan = Classifier();
  plan.outputs = {5, 3};
  ExpectRefused(plan, "w");
}

}  // namespace
}  // namespace convoy::compute
