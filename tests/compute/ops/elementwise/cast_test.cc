#include "compute/ops/elementwise/cast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "compute/ops/elements.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;

std::vector<double> Cast(DType from, const std::vector<double>& values, DType to) {
  const Shape shape{static_cast<int64_t>(values.size())};
  HostTensor x(TensorSpec{from, shape});
  WriteElements(values, x.mutable_view());
  HostTensor y(TensorSpec{to, shape});
  const TensorView input = x.view();
  const MutableTensorView output = y.mutable_view();
  RunReference(CastParams{to}, {&input, 1}, {&output, 1});
  return ReadElements<double>(y.view());
}

TEST(CastTest, Values) {
  EXPECT_THAT(Cast(DType::kFloat32, {-1.9, 0.5, 300}, DType::kInt8), ElementsAre(-1, 0, 127));
  EXPECT_THAT(Cast(DType::kFloat32, {-1, 0, 0.25}, DType::kBool), ElementsAre(1, 0, 1));
  EXPECT_THAT(Cast(DType::kInt64, {257, -1}, DType::kUint8), ElementsAre(1, 255));
  EXPECT_THAT(Cast(DType::kUint8, {0, 200}, DType::kFloat32), ElementsAre(0, 200));
  EXPECT_THAT(Cast(DType::kFloat32, {1 + 0x1p-12, 70000}, DType::kFloat16),
              ElementsAre(1, std::numeric_limits<double>::infinity()));
}

TEST(CastTest, AnyTypeOfAnyShape) {
  const TensorSpec half{DType::kFloat16, {2, 3}};
  const auto specs = InferShapes(CastParams{DType::kInt32}, {&half, 1});
  ASSERT_TRUE(specs.ok());
  EXPECT_EQ(specs->front(), (TensorSpec{DType::kInt32, {2, 3}}));
  EXPECT_EQ(AttributesOf(CastParams{DType::kInt32}), "to=INT32");
}

TEST(CastTest, EmptyTensorsAndSeveralInputsAreRefused) {
  const TensorSpec empty{DType::kFloat32, {0}};
  EXPECT_TRUE(absl::IsInvalidArgument(InferShapes(CastParams{}, {&empty, 1}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(InferShapes(CastParams{}, {}).status()));
}

}  // namespace
}  // namespace convoy::compute
