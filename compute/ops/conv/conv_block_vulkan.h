// The convolution kernel for GPUs with fast shared memory, conv/conv_block.comp: which of its
// blocks a device can run and where each is worth it, and its launch. Not measured on a GPU: sizes
// and rules are those that open engines agree on (docs/decisions/0005).
//
//   if (BlockFills(BlockOf(128, 64), problem, traits)) ...
#pragma once

#include "absl/status/status.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_tile_vulkan.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// Mirrors the variants of conv/conv_block in shaders/shaders.cmake.
struct ConvBlock {
  int64_t pixels, channels;
  int64_t quads;    // of the inner dimension in a stage
  int64_t threads;  // the workgroup

  int64_t shared_bytes() const { return (pixels + channels) * quads * 16; }
};

// The block of a table row by its pixels and channels.
ConvBlock BlockOf(int64_t pixels, int64_t channels);

// Whether a device's limits allow the block.
bool BlockFits(const ConvBlock& block, const VulkanTraits& traits);

// Workgroups of the convolution: the more of them than the device runs side by side, the less of it
// idles at the end.
int64_t BlockCount(const ConvBlock& block, const ConvProblem& problem);

// Whether the blocks fill the device twice over, so that the last round wastes at most a third of
// the time, and at least three quarters of what they compute is output.
bool BlockFills(const ConvBlock& block, const ConvProblem& problem, const VulkanTraits& traits);

// Into how many parts the inner dimension is split, so that a small map of many channels fills the
// device: a power of two up to 16, each part long enough to be worth its partial sums. 1 for
// up-convolutions.
int BlockSplits(const ConvBlock& block, const ConvProblem& problem, const VulkanTraits& traits);

// `z_count` of the packing: groups or phases. With ConvMethod::kSplitBlock the inner dimension is
// split and a second dispatch adds up.
absl::Status RecordBlock(const ConvChoice& choice, const ConvProblem& problem, ConvPush push,
                         const ConvOperands& operands, const ActivationParams& activation,
                         const TilePacking& packing, VulkanStepBuilder& builder);

}  // namespace convoy::compute
