#include "compute/tensor/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "compute/ops/elements.h"

namespace convoy::compute {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
HostTensor TensorOf(DType dtype, std::initializer_list<T> values) {
  HostTensor tensor(TensorSpec{dtype, {static_cast<int64_t>(values.size())}});
  std::copy(values.begin(), values.end(), tensor.mutable_data<T>().begin());
  return tensor;
}

class EveryTypeTest : public ::testing::TestWithParam<int> {};

TEST_P(EveryTypeTest, SmallNumbersSurviveTheWayThroughWords) {
  const TensorSpec spec{static_cast<DType>(GetParam()), {5}};
  HostTensor tensor(spec);
  const bool is_unsigned = IsUnsigned(spec.dtype);
  const std::vector<int64_t> numbers = spec.dtype == DType::kBool
                                           ? std::vector<int64_t>{0, 1, 1, 0, 1}
                                       : is_unsigned ? std::vector<int64_t>{0, 1, 127, 200, 255}
                                                     : std::vector<int64_t>{0, 1, -1, -128, 127};
  WriteElements(numbers, tensor.mutable_view());
  std::array<uint32_t, 5> words{};
  ASSERT_TRUE(ToWords(tensor.view(), words).ok());
  HostTensor back(spec);
  FromWords(words, back.mutable_view());
  EXPECT_EQ(ReadElements<int64_t>(back.view()), numbers);
}

INSTANTIATE_TEST_SUITE_P(Types, EveryTypeTest, ::testing::Range(0, 12), [](const auto& entry) {
  return std::string(NameOf(static_cast<DType>(entry.param)));
});

TEST(WordsTest, IntegersAreSignExtendedAndFloatsAreFp32) {
  std::array<uint32_t, 2> words{};
  ASSERT_TRUE(ToWords(TensorOf<int8_t>(DType::kInt8, {-1, 5}).view(), words).ok());
  EXPECT_THAT(words, ElementsAre(0xFFFFFFFFU, 5U));
  ASSERT_TRUE(ToWords(TensorOf<double>(DType::kFloat64, {0.5, -2}).view(), words).ok());
  EXPECT_THAT(words, ElementsAre(std::bit_cast<uint32_t>(0.5F), std::bit_cast<uint32_t>(-2.0F)));
}

TEST(WordsTest, AnIntegerThatNeedsMoreBitsIsRefused) {
  std::array<uint32_t, 2> words{};
  const int64_t limit = std::numeric_limits<int32_t>::max();
  EXPECT_TRUE(ToWords(TensorOf<int64_t>(DType::kInt64, {limit, -limit - 1}).view(), words).ok());
  const absl::Status status =
      ToWords(TensorOf<int64_t>(DType::kInt64, {0, limit + 1}).view(), words);
  EXPECT_TRUE(absl::IsOutOfRange(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("element 1 is 2147483648"), HasSubstr("INT64 has 32 bits")));
}

TEST(WordsTest, AnyByteButZeroIsTrue) {
  std::array<uint32_t, 3> words{};
  ASSERT_TRUE(ToWords(TensorOf<uint8_t>(DType::kBool, {0, 1, 255}).view(), words).ok());
  EXPECT_THAT(words, ElementsAre(0U, 1U, 1U));
}

TEST(CastElementTest, FloatsLoseTheirFractionAndStopAtTheLimits) {
  EXPECT_EQ(CastElement<int32_t>(-2.9F), -2);
  EXPECT_EQ(CastElement<uint8_t>(300.0F), 255);
  EXPECT_EQ(CastElement<uint8_t>(-3.0), 0);
  EXPECT_EQ(CastElement<int64_t>(1e30), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(CastElement<int8_t>(std::numeric_limits<float>::quiet_NaN()), 0);
}

TEST(CastElementTest, IntegersKeepTheirLowBits) {
  EXPECT_EQ(CastElement<uint8_t>(int64_t{257}), 1);
  EXPECT_EQ(CastElement<int8_t>(int32_t{200}), -56);
}

}  // namespace
}  // namespace convoy::compute
