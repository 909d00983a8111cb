#include "models/inspect/model_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/inspect/model_folder.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using compute::Shape;
using models::ChooseShapes;
using models::ModelFiles;
using models::PlanModel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two outputs, one dimension left open besides the batch.
std::string TwoOutputs() {
  return ModelBytes(13, Input("x", {-1, 2, -1}) + NodeText("Relu", {"x"}, "a") +
                            NodeText("Sigmoid", {"x"}, "b") + Output("a") + Output("b"));
}

TEST(ModelPlanTest, TakesTheBatchAndTheExtentAskedFor) {
  const ModelFolder folder;
  const absl::StatusOr<ModelFiles> files = folder.Read(TwoOutputs());
  ASSERT_TRUE(files.ok()) << files.status();
  const auto plan = PlanModel(*files, {.batch = 3, .extent = 7});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->values[plan->inputs[0]].spec.shape, (Shape{3, 2, 7}));
  EXPECT_EQ(plan->outputs.size(), 2);
}

TEST(ModelPlanTest, ChoosesAnExtentWithWhichTheGraphCanBeMade) {
  const ModelFolder folder;
  // The constant has 64 columns, so that neither 256 nor 1 fits behind MatMul.
  const absl::StatusOr<ModelFiles> files =
      folder.Read(ModelBytes(13, Input("x", {-1, 2, -1}) + Zeros("w", {64, 3}) +
                                     NodeText("MatMul", {"x", "w"}, "y") + Output("y")));
  ASSERT_TRUE(files.ok()) << files.status();
  const auto shapes = ChooseShapes(*files, {});
  ASSERT_TRUE(shapes.ok()) << shapes.status();
  EXPECT_THAT(*shapes, ElementsAre(Shape{1, 2, 64}));
}

TEST(ModelPlanTest, KeepsTheOutputsOfTheConfig) {
  const ModelFolder folder;
  const absl::StatusOr<ModelFiles> files = folder.Read(
      TwoOutputs(), "max_batch_size: 4 output { name: 'b' data_type: TYPE_FP32 dims: [2, -1] }");
  ASSERT_TRUE(files.ok()) << files.status();
  const auto plan = PlanModel(*files, {});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->outputs.size(), 1);
  EXPECT_EQ(plan->values[plan->outputs[0]].name, "b");
  EXPECT_EQ(plan->steps.size(), 1) << "what no output needs is left out";
}

TEST(ModelPlanTest, RefusesABatchWhereThereIsNone) {
  const ModelFolder folder;
  const absl::StatusOr<ModelFiles> files =
      folder.Read(ModelBytes(13, Input("x", {1, 2}) + NodeText("Relu", {"x"}, "y") + Output("y")));
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(PlanModel(*files, {.batch = 2}).status().ToString(),
              HasSubstr("the batch is 2, but model 'net' takes 1: it has no batch dimension"));
  EXPECT_THAT(PlanModel(*files, {.batch = 0}).status().ToString(), HasSubstr("the batch is 0"));
}

}  // namespace
}  // namespace convoy::testing
