#include "compute/vulkan/shader_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace convoy::compute {
namespace {

TEST(ShaderCatalogTest, EveryShaderIsFoundByItsName) {
  ASSERT_FALSE(AllShaders().empty());
  for (const ShaderCode& code : AllShaders()) {
    ASSERT_EQ(FindShader(code.name), &code);
    EXPECT_EQ(code.words[0], 0x07230203u) << code.name << " is no SPIR-V";
  }
  EXPECT_EQ(FindShader("conv/no_such_kernel_texel"), nullptr);
  EXPECT_EQ(FindShader(""), nullptr);
}

TEST(ShaderCatalogTest, TheFallbacksExistForBothLoadPaths) {
  for (const char* stem : {"conv/conv_direct", "upconv/upconv_direct", "gemm/gemm_linear",
                           "move/pack", "move/unpack", "conv/conv_rt_4x16"}) {
    for (const char* load : {"_texel", "_ssbo"}) {
      EXPECT_NE(FindShader(std::string(stem) + load), nullptr) << stem << load;
    }
  }
}

}  // namespace
}  // namespace convoy::compute
