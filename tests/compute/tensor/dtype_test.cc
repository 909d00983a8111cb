#include "compute/tensor/dtype.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

TEST(DTypeTest, SizesAreThoseOfTheElement) {
  EXPECT_EQ(SizeOf(DType::kBool), 1);
  EXPECT_EQ(SizeOf(DType::kUint16), 2);
  EXPECT_EQ(SizeOf(DType::kFloat16), 2);
  EXPECT_EQ(SizeOf(DType::kFloat32), 4);
  EXPECT_EQ(SizeOf(DType::kInt64), 8);
}

TEST(DTypeTest, NamesGoThereAndBack) {
  for (int i = 0; i <= static_cast<int>(DType::kFloat64); ++i) {
    const auto dtype = static_cast<DType>(i);
    EXPECT_EQ(DTypeFromName(NameOf(dtype)), dtype) << NameOf(dtype);
  }
  EXPECT_EQ(NameOf(DType::kFloat32), "FP32");
  EXPECT_EQ(DTypeFromName("fp32"), std::nullopt);
  EXPECT_EQ(DTypeFromName(""), std::nullopt);
}

}  // namespace
}  // namespace convoy::compute
