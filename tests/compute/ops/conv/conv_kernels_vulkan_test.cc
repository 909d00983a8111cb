#include "compute/ops/conv/conv_kernels_vulkan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace convoy::compute {
namespace {

VulkanTraits Software() { return {.software = true, .texel_loads = true, .subgroup_size = 16}; }
VulkanTraits Gpu() { return {.software = false, .texel_loads = false, .subgroup_size = 32}; }

VulkanTraits DiscreteGpu(uint32_t compute_units) {
  VulkanTraits traits = Gpu();
  traits.shared_blocks = true;
  traits.max_local_size = 1024;
  traits.shared_bytes = 49152;
  traits.compute_units = compute_units;
  return traits;
}

ConvProblem Square(int64_t n, int64_t c, int64_t size, int64_t m, int64_t kernel) {
  ConvProblem problem{.x = {n, c, {1, size, size}}, .y = {n, m, {1, size, size}}};
  problem.window.kernel = {1, kernel, kernel};
  problem.window.pads_begin = problem.window.pads_end = {0, kernel / 2, kernel / 2};
  return problem;
}

bool AllUsable(std::string_view /*shader*/) { return true; }

std::string Chosen(const ConvProblem& problem, const VulkanTraits& traits,
                   std::string_view forced = "") {
  const ConvChoice choice = ChooseConvKernel(problem, traits, AllUsable, forced);
  return choice.kernel == nullptr ? "none" : std::string(choice.kernel->name);
}

TEST(ConvKernelsTest, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const ConvKernel& row : AllConvKernels()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.why.empty()) << row.name;
  }
}

// Why a row is not taken; empty for the row that is.
std::string WhyNot(std::string_view row, const ConvProblem& problem, const VulkanTraits& traits) {
  const ConvChoice choice = ChooseConvKernel(problem, traits, AllUsable, "");
  const auto no_objection = [](std::string_view) { return std::string(); };
  for (const OtherKernel& other : OtherConvKernels(problem, traits, no_objection, choice.kernel)) {
    if (other.kernel == row) return other.why;
  }
  return "";
}

TEST(ConvKernelsTest, EveryOtherRowSaysWhyItIsNotTaken) {
  const ConvProblem layer = Square(1, 64, 56, 64, 3);
  EXPECT_EQ(WhyNot("rt_4x64_shuffle", layer, Software()), "");
  EXPECT_EQ(WhyNot("depthwise", layer, Software()), "the convolution is not depthwise");
  EXPECT_EQ(WhyNot("winograd43", layer, Software()), "fewer than 128 input channels");
  EXPECT_EQ(WhyNot("winograd43", Square(1, 256, 56, 64, 1), Software()), "the kernel is not 3x3");
  EXPECT_EQ(WhyNot("rows_8_shuffle", Square(1, 1, 28, 6, 5), Software()),
            "the input lies in channel quads, not in rows");
  EXPECT_EQ(WhyNot("sm64x64", layer, Software()), "the device has no fast shared memory");
  EXPECT_EQ(WhyNot("rt_4x64_shuffle", layer, Gpu()), "for software drivers only");
  EXPECT_EQ(WhyNot("rt_4x64_broadcast", layer, Software()),
            "by rule: behind rt_4x64_shuffle in the choice table");
}

TEST(ConvKernelsTest, TheReasonsAgreeWithTheChoice) {
  const auto set_aside = [](std::string_view shader) {
    return std::string(shader.ends_with("_shuffle") ? "set aside" : "");
  };
  const auto usable = [&](std::string_view shader) { return set_aside(shader).empty(); };
  for (const VulkanTraits& traits : {Software(), Gpu(), DiscreteGpu(80), DiscreteGpu(8)}) {
    for (const auto& problem :
         {Square(1, 3, 224, 64, 7), Square(8, 512, 7, 512, 3), Square(3, 16, 9, 5, 1)}) {
      const ConvChoice choice = ChooseConvKernel(problem, traits, usable, "");
      ASSERT_NE(choice.kernel, nullptr);
      const auto others = OtherConvKernels(problem, traits, set_aside, choice.kernel);
      ASSERT_EQ(others.size() + 1, AllConvKernels().size());
      for (const OtherKernel& other : others) {
        const auto row = std::ranges::find(AllConvKernels(), other.kernel, &ConvKernel::name);
        EXPECT_FALSE(other.why.empty()) << other.kernel;
        EXPECT_EQ(other.why.starts_with("by rule"),
                  &*row > choice.kernel && row->covers(problem, traits) && usable(row->shader) &&
                      row->suits(problem, traits))
            << other.kernel << ": " << other.why;
      }
    }
  }
}

TEST(ConvKernelsTest, SoftwareTakesTheTileThatFitsTheLayer) {
  EXPECT_EQ(Chosen(Square(1, 64, 56, 64, 3), Software()), "rt_4x64_shuffle");
  EXPECT_EQ(Chosen(Square(1, 64, 56, 32, 3), Software()), "rt_4x32_shuffle");
  EXPECT_EQ(Chosen(Square(1, 512, 4, 512, 3), Software()), "rt_1x64_shuffle");
  EXPECT_EQ(Chosen(Square(2, 512, 4, 512, 3), Software()), "rt_2x64_shuffle");
  EXPECT_EQ(Chosen(Square(8, 512, 7, 512, 1), Software()), "rt_4x64_shuffle");
  EXPECT_EQ(Chosen(Square(1, 64, 56, 3, 1), Software()), "rt_8x8");
}

TEST(ConvKernelsTest, VectorsOf256BitsTakeFewerChannels) {
  VulkanTraits narrow = Software();
  narrow.subgroup_size = 8;
  EXPECT_EQ(Chosen(Square(1, 64, 56, 64, 1), narrow), "rt_4x32_shuffle");
  EXPECT_EQ(Chosen(Square(1, 64, 4, 64, 1), narrow), "rt_2x64_shuffle");
  EXPECT_EQ(Chosen(Square(1, 64, 2, 64, 1), narrow), "rt_1x64_shuffle");
  EXPECT_EQ(Chosen(Square(1, 64, 4, 24, 1), narrow), "rt_4x32_shuffle");
}

TEST(ConvKernelsTest, WinogradIsTakenWhereItSavesTime) {
  const VulkanTraits wide = Software();
  VulkanTraits narrow = wide;
  narrow.subgroup_size = 8;
  EXPECT_EQ(Chosen(Square(1, 128, 14, 128, 3), wide), "winograd43");
  EXPECT_EQ(Chosen(Square(1, 128, 12, 128, 3), wide), "rt_4x64_shuffle");  // 9 tiles
  EXPECT_EQ(Chosen(Square(4, 512, 7, 512, 3), wide), "winograd43");
  EXPECT_EQ(Chosen(Square(1, 64, 56, 64, 3), narrow), "winograd43");
  EXPECT_EQ(Chosen(Square(1, 512, 7, 512, 3), narrow), "winograd23");
  EXPECT_EQ(Chosen(Square(1, 512, 5, 512, 3), narrow), "rt_4x32_shuffle");  // 9 tiles of 2x2
  EXPECT_EQ(Chosen(Square(1, 128, 14, 128, 3), Gpu()), "rt_2x16");
}

TEST(ConvKernelsTest, WinogradCoversOnly3x3OfStride1) {
  ConvProblem problem = Square(1, 256, 28, 256, 3);
  EXPECT_EQ(Chosen(problem, Gpu(), "winograd23"), "winograd23");
  problem.window.strides = {1, 2, 2};
  EXPECT_EQ(Chosen(problem, Software(), "winograd43"), "rt_4x64_shuffle");
  problem = Square(1, 256, 28, 256, 3);
  problem.window.dilations = {1, 2, 2};
  EXPECT_EQ(Chosen(problem, Software()), "rt_4x64_shuffle");
  problem = Square(1, 256, 28, 256, 3);
  problem.group = 2;
  EXPECT_EQ(Chosen(problem, Software()), "rt_4x64_shuffle");
  problem = Square(1, 256, 28, 256, 3);
  problem.constant_weights = false;
  EXPECT_EQ(Chosen(problem, Software()), "direct");
  problem = Square(1, 256, 28, 256, 3);
  problem.bounded = true;
  EXPECT_EQ(Chosen(problem, Software()), "rt_4x64_shuffle");
  EXPECT_EQ(Chosen(problem, Software(), "winograd43"), "winograd43");
}

TEST(ConvKernelsTest, GpusTakeUniformAddresses) {
  EXPECT_EQ(Chosen(Square(8, 64, 56, 64, 3), Gpu()), "rt_4x16");
  EXPECT_EQ(Chosen(Square(1, 512, 7, 512, 3), Gpu()), "rt_2x16");
}

TEST(ConvKernelsTest, DiscreteGpusTakeTheLargestBlockThatFillsThem) {
  // 3136 and 25088 pixels: 25 and 196 blocks of 128.
  EXPECT_EQ(Chosen(Square(8, 256, 56, 256, 3), DiscreteGpu(80)), "sm128x128");
  EXPECT_EQ(Chosen(Square(1, 256, 56, 256, 3), DiscreteGpu(80)), "sm64x64");
  EXPECT_EQ(Chosen(Square(8, 64, 56, 64, 3), DiscreteGpu(80)), "sm128x64");
  EXPECT_EQ(Chosen(Square(8, 16, 112, 24, 3), DiscreteGpu(80)), "sm256x32");
  EXPECT_EQ(Chosen(Square(1, 64, 14, 64, 1), DiscreteGpu(80)), "sm32x32");
  EXPECT_EQ(Chosen(Square(8, 64, 56, 3, 1), DiscreteGpu(80)), "rt_8x8");
  EXPECT_EQ(Chosen(Square(8, 64, 56, 16, 1), DiscreteGpu(80)), "rt_2x16");
  // A quarter of what 128 channels a block computed would be padding.
  EXPECT_EQ(Chosen(Square(8, 64, 56, 144, 3), DiscreteGpu(80)), "sm128x64");
}

TEST(ConvKernelsTest, SmallMapsOfManyChannelsAreSplit) {
  const ConvProblem small = Square(1, 512, 7, 512, 3);
  EXPECT_EQ(Chosen(small, DiscreteGpu(80)), "smk64x64");
  EXPECT_EQ(Chosen(small, DiscreteGpu(4)), "sm64x64");  // 8 blocks fill it
  const auto no_join = [](std::string_view shader) { return shader != "conv/conv_join"; };
  EXPECT_EQ(ChooseConvKernel(small, DiscreteGpu(80), no_join, "").kernel->name, "sm32x32");
}

TEST(ConvKernelsTest, SmallLimitsTakeSmallBlocks) {
  VulkanTraits traits = DiscreteGpu(4);
  traits.max_local_size = 128;
  EXPECT_EQ(Chosen(Square(8, 256, 56, 256, 3), traits), "sm64x64");
  traits.shared_bytes = 4096;
  EXPECT_EQ(Chosen(Square(8, 256, 56, 256, 3), traits), "sm32x32");
  traits.shared_bytes = 1024;
  EXPECT_EQ(Chosen(Square(8, 256, 56, 256, 3), traits), "rt_4x16");
}

TEST(ConvKernelsTest, DepthwiseTakesStripsWhereTheWindowAllows) {
  ConvProblem problem = Square(1, 32, 28, 32, 3);
  problem.group = 32;
  EXPECT_EQ(Chosen(problem, Software()), "depthwise_strip_shuffle");
  problem.window.dilations = {1, 2, 2};
  EXPECT_EQ(Chosen(problem, Software()), "depthwise");
  problem.y.c = 64;  // a multiplier of 2: no channel stays alone
  EXPECT_EQ(Chosen(problem, Software()), "direct");
}

TEST(ConvKernelsTest, GroupsOfWholeQuadsAreMatrixProducts) {
  ConvProblem problem = Square(1, 32, 28, 64, 3);
  problem.group = 2;
  EXPECT_EQ(Chosen(problem, Software()), "rt_4x32_shuffle");
  problem.group = 16;  // 2 channels a group
  EXPECT_EQ(Chosen(problem, Software()), "direct");
}

TEST(ConvKernelsTest, WeightsThatAreComputedTakeTheDirectKernel) {
  ConvProblem problem = Square(1, 64, 56, 64, 3);
  problem.constant_weights = false;
  EXPECT_EQ(Chosen(problem, Software()), "direct");
}

TEST(ConvKernelsTest, UpConvolutionsFallApartIntoPhases) {
  ConvProblem problem = Square(1, 64, 28, 64, 2);
  problem.transposed = true;
  problem.window.strides = {1, 2, 2};
  problem.y.size = {1, 57, 57};
  EXPECT_EQ(problem.grid(), (Spatial{1, 29, 29}));
  EXPECT_EQ(problem.grid_pixels(), 29 * 29);
  EXPECT_EQ(Chosen(problem, Software()), "rt_4x64_shuffle");
  problem.window.dilations = {1, 2, 2};
  EXPECT_EQ(Chosen(problem, Software()), "upconv_direct");
}

TEST(ConvKernelsTest, StridesBeyondThePackedFieldsAreNotCovered) {
  ConvProblem problem = Square(1, 4, 8, 4, 1);
  problem.window.strides[2] = 1024;
  EXPECT_EQ(Chosen(problem, Software()), "none");
}

TEST(ConvKernelsTest, TheNextRowTakesOverFromAnUnusableOne) {
  const auto no_shuffle = [](std::string_view shader) {
    return shader.find("shuffle") == std::string_view::npos;
  };
  const ConvProblem problem = Square(1, 64, 56, 64, 3);
  EXPECT_EQ(ChooseConvKernel(problem, Software(), no_shuffle, "").kernel->name,
            "rt_4x64_broadcast");
  const auto only_direct = [](std::string_view shader) { return shader == "conv/conv_direct"; };
  EXPECT_EQ(ChooseConvKernel(problem, Software(), only_direct, "").kernel->name, "direct");
  const auto none = [](std::string_view) { return false; };
  EXPECT_EQ(ChooseConvKernel(problem, Software(), none, "").kernel, nullptr);
}

TEST(ConvKernelsTest, AForcedKernelWinsWhereItCovers) {
  const ConvProblem problem = Square(1, 64, 56, 64, 3);
  EXPECT_EQ(Chosen(problem, Software(), "rt_4x16"), "rt_4x16");
  const ConvChoice choice = ChooseConvKernel(problem, Software(), AllUsable, "rt_4x16_ssbo");
  EXPECT_EQ(choice.shader, "conv/conv_rt_4x16_ssbo");
  EXPECT_EQ(Chosen(problem, Software(), "depthwise"), "rt_4x64_shuffle");
  EXPECT_EQ(Chosen(problem, Gpu(), "rt_4x64_shuffle"), "rt_4x64_shuffle");
  VulkanTraits wide = Software();
  wide.max_local_size = 1024;
  EXPECT_EQ(Chosen(problem, wide, "sm128x128"), "sm128x128");
  EXPECT_EQ(Chosen(problem, wide, "smk64x64"), "smk64x64");
}

}  // namespace
}  // namespace convoy::compute
