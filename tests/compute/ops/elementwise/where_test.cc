#include "compute/ops/elementwise/where.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Made(const TensorSpec& condition, const TensorSpec& a, const TensorSpec& b) {
  const std::array inputs{condition, a, b};
  const auto y = InferShapes(WhereParams{}, inputs);
  return y.ok() ? y->front().ToString() : std::string(y.status().message());
}

TEST(WhereTest, ThreeShapesBroadcast) {
  EXPECT_EQ(Made({DType::kBool, {2, 1}}, {DType::kInt64, {3}}, {DType::kInt64, {4, 1, 1}}),
            "INT64[4x2x3]");
  EXPECT_THAT(Made({DType::kBool, {5}}, {DType::kInt64, {3}}, {DType::kInt64, {1}}),
              HasSubstr("do not broadcast"));
}

TEST(WhereTest, TypesAreChecked) {
  EXPECT_THAT(Made({DType::kInt64, {2}}, {DType::kFloat32, {2}}, {DType::kFloat32, {2}}),
              HasSubstr("condition of type INT64, but it must be BOOL"));
  EXPECT_THAT(Made({DType::kBool, {2}}, {DType::kFloat32, {2}}, {DType::kInt32, {2}}),
              HasSubstr("must be FP32 as input 0 is"));
}

TEST(WhereTest, TakesFromEither) {
  HostTensor condition(TensorSpec{DType::kBool, {3}});
  condition.bytes()[1] = std::byte{2};  // any byte but 0 is true
  HostTensor a(TensorSpec{DType::kInt32, {2, 1}});
  a.mutable_data<int32_t>()[0] = 10;
  a.mutable_data<int32_t>()[1] = 20;
  HostTensor b(TensorSpec{DType::kInt32, {}});
  b.mutable_data<int32_t>()[0] = -1;
  HostTensor y(TensorSpec{DType::kInt32, {2, 3}});
  const std::array inputs{condition.view(), a.view(), b.view()};
  const MutableTensorView output = y.mutable_view();
  RunReference(WhereParams{}, inputs, {&output, 1});
  EXPECT_THAT(y.data<int32_t>(), ElementsAre(-1, 10, -1, -1, 20, -1));
}

}  // namespace
}  // namespace convoy::compute
