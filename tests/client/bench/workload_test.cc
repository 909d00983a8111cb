#include "client/bench/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace convoy::client {
namespace {

TEST(RandomTensorTest, HasTheBytesOfItsShape) {
  const struct {
    const char* datatype;
    size_t size;
  } kTypes[] = {{"BOOL", 1},   {"UINT8", 1},  {"INT8", 1},  {"FP16", 2},
                {"INT16", 2},  {"UINT16", 2}, {"INT32", 4}, {"FP32", 4},
                {"UINT32", 4}, {"INT64", 8},  {"FP64", 8},  {"UINT64", 8}};
  for (const auto& type : kTypes) {
    const auto tensor = RandomTensor({"x", type.datatype, {2, 3, 5}}, 1);
    ASSERT_TRUE(tensor.ok()) << type.datatype;
    EXPECT_EQ(tensor->bytes.size(), 30 * type.size) << type.datatype;
    EXPECT_EQ(tensor->name, "x");
    EXPECT_EQ(tensor->shape, (std::vector<int64_t>{2, 3, 5}));
  }
}

TEST(RandomTensorTest, FloatsFillZeroToOneAndFollowTheSeed) {
  const auto tensor = RandomTensor({"x", "FP32", {1000}}, 42);
  ASSERT_TRUE(tensor.ok());
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    float value = -1;
    std::memcpy(&value, tensor->bytes.data() + i * 4, 4);
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 1000, 0.5, 0.05);
  EXPECT_EQ(RandomTensor({"x", "FP32", {1000}}, 42)->bytes, tensor->bytes);
  EXPECT_NE(RandomTensor({"x", "FP32", {1000}}, 43)->bytes, tensor->bytes);
}

TEST(RandomTensorTest, RefusesOtherTypesOpenAndHugeShapes) {
  EXPECT_THAT(std::string(RandomTensor({"x", "BYTES", {1}}, 1).status().message()),
              testing::HasSubstr("BYTES"));
  EXPECT_EQ(RandomTensor({"x", "FP32", {-1, 3}}, 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(RandomTensor({"x", "FP32", {huge, huge}}, 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace convoy::client
