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

}  // namespace
}  // namespace convoy::compute
