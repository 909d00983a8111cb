#include "compute/runtime/vulkan_kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ParseForcedKernelsTest, ReadsFamilyAndKernel) {
  EXPECT_THAT(*ParseForcedKernels(""), IsEmpty());
  EXPECT_THAT(*ParseForcedKernels("conv=rt_4x16_ssbo"), ElementsAre(Pair("conv", "rt_4x16_ssbo")));
  EXPECT_THAT(*ParseForcedKernels("gemm=linear,conv=direct"),
              ElementsAre(Pair("conv", "direct"), Pair("gemm", "linear")));
}

TEST(ParseForcedKernelsTest, OtherFormsAreInvalid) {
  for (const char* text : {"conv", "=direct", "conv=", "conv=direct,,", "conv=direct,gemm"}) {
    const absl::Status status = ParseForcedKernels(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("family=kernel"));
  }
}

TEST(CheckForcedKernelsTest, KnowsTheTablesOfEveryFamily) {
  EXPECT_TRUE(CheckForcedKernels({}).ok());
  EXPECT_TRUE(CheckForcedKernels(
                  {{"conv", "sm64x64"}, {"upconv", "rt_4x16_ssbo"}, {"gemm", "dense_tree_8"}})
                  .ok());
  EXPECT_TRUE(CheckForcedKernels({{"gemm", "smk64x64_texel"}}).ok());
}

TEST(CheckForcedKernelsTest, UnknownNamesAreInvalid) {
  const absl::Status kernel = CheckForcedKernels({{"conv", "sm64x65"}});
  EXPECT_TRUE(absl::IsInvalidArgument(kernel));
  EXPECT_THAT(std::string(kernel.message()), HasSubstr("'conv=sm64x65'"));
  EXPECT_THAT(std::string(kernel.message()), HasSubstr("sm64x64"));
  EXPECT_TRUE(absl::IsInvalidArgument(CheckForcedKernels({{"conv", "dense_1"}})));
  const absl::Status family = CheckForcedKernels({{"pool", "pool"}});
  EXPECT_TRUE(absl::IsInvalidArgument(family));
  EXPECT_THAT(std::string(family.message()), HasSubstr("'pool'"));
}

}  // namespace
}  // namespace convoy::compute
