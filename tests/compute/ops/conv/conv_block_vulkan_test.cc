#include "compute/ops/conv/conv_block_vulkan.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

// Of every row of the choice table that is a block.
TEST(ConvBlockTest, EveryBlockFitsTheSmallestSharedMemory) {
  int blocks = 0;
  for (const ConvKernel& row : AllConvKernels()) {
    if (!row.is_block()) continue;
    const ConvBlock block = BlockOf(row.px, row.tn);
    EXPECT_EQ(block.pixels, row.px) << row.name;
    EXPECT_LE(block.shared_bytes(), 16384) << row.name;
    // What conv_block.comp takes for granted: an invocation loads one pixel only.
    EXPECT_EQ(block.threads % block.pixels, 0) << row.name;
    EXPECT_EQ(block.pixels * block.quads % block.threads, 0) << row.name;
    ++blocks;
  }
  EXPECT_EQ(blocks, 6);
}

ConvProblem Deep(int64_t n) {
  ConvProblem problem{.x = {n, 512, {1, 7, 7}}, .y = {n, 512, {1, 7, 7}}};
  problem.window.kernel = {1, 3, 3};
  problem.window.pads_begin = problem.window.pads_end = {0, 1, 1};
  return problem;
}

TEST(ConvBlockTest, SplitsGrowUntilTheDeviceIsFull) {
  const ConvBlock block = BlockOf(64, 64);
  VulkanTraits traits;
  EXPECT_EQ(BlockCount(block, Deep(1)), 8);
  traits.compute_units = 4;
  EXPECT_EQ(BlockSplits(block, Deep(1), traits), 1);
  traits.compute_units = 32;
  EXPECT_EQ(BlockSplits(block, Deep(1), traits), 8);
  EXPECT_EQ(BlockSplits(block, Deep(8), traits), 2);  // 392 pixels: 7 blocks of 64
  traits.compute_units = 1000;
  EXPECT_EQ(BlockSplits(block, Deep(1), traits), 16);
}

TEST(ConvBlockTest, ShortSumsAreNotSplit) {
  VulkanTraits traits;
  ConvProblem problem = Deep(1);
  problem.x.c = 64;
  problem.window.kernel = {1, 1, 1};  // 16 quads: 4 stages
  EXPECT_EQ(BlockSplits(BlockOf(64, 64), problem, traits), 1);
  problem.x.c = 128;  // 8 stages, in two parts
  EXPECT_EQ(BlockSplits(BlockOf(64, 64), problem, traits), 2);
}

TEST(ConvBlockTest, GroupsAndPhasesHaveBlocksOfTheirOwn) {
  ConvProblem problem = Deep(1);
  problem.group = 4;  // 128 outputs each
  EXPECT_EQ(BlockCount(BlockOf(64, 64), problem), 8);
  problem.group = 1;
  problem.transposed = true;
  problem.window.strides = {1, 2, 2};
  problem.y.size = {1, 14, 14};
  EXPECT_EQ(BlockCount(BlockOf(64, 64), problem), 4 * 8);
  EXPECT_EQ(BlockSplits(BlockOf(64, 64), problem, VulkanTraits{}), 1);
}

}  // namespace
}  // namespace convoy::compute
