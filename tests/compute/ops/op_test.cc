#include "compute/ops/op.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

TEST(OpTest, NamesAreThoseOfTheTable) {
  EXPECT_EQ(OpName(ConvParams{}), "Conv");
  EXPECT_EQ(OpName(GlobalPoolParams{}), "GlobalPool");
  EXPECT_EQ(OpName(MatMulParams{}), "MatMul");
}

TEST(OpTest, TheVariantReachesTheOperator) {
  const OpParams op = SoftmaxParams{1};
  const std::vector<TensorSpec> inputs = {{DType::kFloat32, {2, 5}}};
  EXPECT_EQ(InferShapes(op, inputs)->front().shape, (Shape{2, 5}));
  EXPECT_EQ(AttributesOf(op), "axis=1");
  EXPECT_GT(EstimateCost(op, inputs, inputs).flops, 0);
}

TEST(OpTest, NoOperatorIsRefused) {
  const OpParams none = std::monostate{};
  EXPECT_TRUE(absl::IsInvalidArgument(InferShapes(none, {}).status()));
  EXPECT_EQ(EstimateCost(none, {}, {}).flops, 0);
  EXPECT_EQ(AttributesOf(none), "");
}

}  // namespace
}  // namespace convoy::compute
