#include "compute/ops/op_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

std::string InputError(std::vector<TensorSpec> inputs, size_t least, size_t most) {
  const absl::Status status = CheckInputs("Op", inputs, least, most);
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

std::string Broadcast(const Shape& a, const Shape& b) {
  const absl::StatusOr<Shape> shape = BroadcastShapes("Op", a, b);
  return shape.ok() ? shape->ToString() : std::string(shape.status().message());
}

TEST(OpRulesTest, ChecksNumberAndTypeOfInputs) {
  EXPECT_EQ(InputError({{DType::kFloat32, {2}}}, 1, 2), "");
  EXPECT_EQ(InputError({{DType::kFloat32, {2}}}, 2, 2), "Op is given 1 inputs, but takes 2");
  EXPECT_EQ(InputError({}, 1, 3), "Op is given 0 inputs, but takes 1 to 3");
  EXPECT_EQ(InputError({{DType::kInt64, {2}}}, 1, 1), "Op input 0 is INT64, but must be FP32");
}

TEST(OpRulesTest, RefusesEmptyNegativeAndHugeInputs) {
  EXPECT_THAT(InputError({{DType::kFloat32, {2, 0}}}, 1, 1), HasSubstr("at least 1"));
  EXPECT_THAT(InputError({{DType::kFloat32, {2, -3}}}, 1, 1), HasSubstr("at least 1"));
  EXPECT_EQ(InputError({{DType::kFloat32, {kMaxTensorElements}}}, 1, 1), "");
  EXPECT_THAT(InputError({{DType::kFloat32, {kMaxTensorElements + 1}}}, 1, 1),
              HasSubstr("exceeds the limit of 4294967296 elements"));
  const int64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(InputError({{DType::kFloat32, {most, most}}}, 1, 1), HasSubstr("exceeds the limit"));
}

TEST(OpRulesTest, OutputIsCheckedLikeInputs) {
  EXPECT_EQ(OneOutput("Op", {2, 3})->front(), (TensorSpec{DType::kFloat32, {2, 3}}));
  EXPECT_TRUE(absl::IsInvalidArgument(OneOutput("Op", {1 << 20, 1 << 20}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(OneOutput("Op", {0}).status()));
}

TEST(OpRulesTest, ShapesBroadcastAsInNumpy) {
  EXPECT_EQ(Broadcast({2, 3, 4}, {2, 3, 4}), "2x3x4");
  EXPECT_EQ(Broadcast({2, 3, 4}, {4}), "2x3x4");
  EXPECT_EQ(Broadcast({3, 1}, {2, 1, 5}), "2x3x5");
  EXPECT_EQ(Broadcast({}, {2, 2}), "2x2");
  EXPECT_THAT(Broadcast({2, 3}, {2, 4}), HasSubstr("2x3 and 2x4"));
  EXPECT_THAT(Broadcast({2, 3}, {2}), HasSubstr("do not broadcast"));
}

TEST(OpRulesTest, AxesAndActivations) {
  EXPECT_TRUE(CheckAxis("Op", 2, 3).ok());
  EXPECT_FALSE(CheckAxis("Op", 3, 3).ok());
  EXPECT_FALSE(CheckAxis("Op", -1, 3).ok());
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(CheckActivation("Op", {ActivationKind::kClip, nan, 6}).ok());
  EXPECT_TRUE(CheckActivation("Op", {ActivationKind::kClip, 0, 6}).ok());
}

TEST(OpRulesTest, JoinsWhatIsNotEmpty) {
  EXPECT_EQ(JoinAttributes({"", "a=1", "", "b"}), "a=1 b");
  EXPECT_EQ(JoinAttributes({}), "");
  EXPECT_EQ(ListText(std::vector<int64_t>{1, -2, 3}), "1,-2,3");
}

}  // namespace
}  // namespace convoy::compute
