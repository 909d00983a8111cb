#include "compute/ops/conv/conv_block_vulkan.h"

#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr ConvBlock kBlocks[] = {
    {.pixels = 128, .channels = 128, .quads = 4, .threads = 256},
    {.pixels = 128, .channels = 64, .quads = 4, .threads = 256},
    {.pixels = 256, .channels = 32, .quads = 2, .threads = 256},
    {.pixels = 64, .channels = 64, .quads = 4, .threads = 128},
    {.pixels = 32, .channels = 32, .quads = 4, .threads = 64},
};

constexpr int kMaxSplits = 16;
// A part has at least so many stages: its partial sums are written and read once more.
constexpr int64_t kStagesOfPart = 4;

// The end of a split convolution: adds the partial sums, and what Epilogue does.
absl::Status RecordJoin(const ConvKernel& kernel, ConvPush push, const ConvOperands& operands,
                        VulkanOperand sums, int splits, int64_t channels,
                        const ActivationParams& activation, VulkanStepBuilder& builder) {
  push.out_channels = static_cast<int32_t>(channels);  // of all groups
  ConvOperands joined = operands;
  joined.x = sums;
  joined.weights = {};
  return RecordQuads(
      {&kernel, "conv/conv_join"}, builder.traits().default_local_size, DivideUp(channels, 4), push,
      joined, {static_cast<uint32_t>(splits), operands.residual.id >= 0, SmoothKind(activation)},
      builder);
}

}  // namespace

ConvBlock BlockOf(int64_t pixels, int64_t channels) {
  for (const ConvBlock& block : kBlocks) {
    if (block.pixels == pixels && block.channels == channels) return block;
  }
  return {};
}

bool BlockFits(const ConvBlock& block, const VulkanTraits& traits) {
  return block.threads <= int64_t{traits.max_local_size} &&
         block.shared_bytes() <= traits.shared_bytes;
}

int64_t BlockCount(const ConvBlock& block, const ConvProblem& problem) {
  const Spatial& strides = problem.window.strides;
  const int64_t z = problem.transposed ? strides[0] * strides[1] * strides[2] : problem.group;
  const int64_t outputs = problem.y.c / problem.group;
  return DivideUp(problem.grid_pixels(), block.pixels) * DivideUp(outputs, block.channels) * z;
}

bool BlockFills(const ConvBlock& block, const ConvProblem& problem, const VulkanTraits& traits) {
  const int64_t pixels = problem.grid_pixels();
  const int64_t outputs = problem.y.c / problem.group;
  const int64_t computed = RoundUp(pixels, block.pixels) * RoundUp(outputs, block.channels);
  return BlockCount(block, problem) >= 2 * int64_t{traits.compute_units} &&
         4 * pixels * outputs >= 3 * computed;
}

int BlockSplits(const ConvBlock& block, const ConvProblem& problem, const VulkanTraits& traits) {
  if (problem.transposed) return 1;
  const int64_t inner = DivideUp(problem.x.c / problem.group, 4) * problem.window.taps();
  const int64_t stages = DivideUp(inner, block.quads);
  const int64_t wanted = 2 * int64_t{traits.compute_units};
  int splits = 1;
  while (splits < kMaxSplits && BlockCount(block, problem) * splits < wanted &&
         stages >= 2 * splits * kStagesOfPart) {
    splits *= 2;
  }
  return splits;
}

absl::Status RecordBlock(const ConvChoice& choice, const ConvProblem& problem, ConvPush push,
                         const ConvOperands& operands, const ActivationParams& activation,
                         const TilePacking& packing, VulkanStepBuilder& builder) {
  const VulkanTraits& traits = builder.traits();
  const ConvBlock block = BlockOf(choice.kernel->px, choice.kernel->tn);
  const bool split = choice.kernel->method == ConvMethod::kSplitBlock;
  const int splits = split ? BlockSplits(block, ChosenBy(problem, traits), traits) : 1;
  const int64_t quads = packing.z_count * DivideUp(packing.out_channels, 4);
  const bool two_buffers = 2 * block.shared_bytes() <= traits.shared_bytes;

  VulkanDispatch dispatch = MakeConvDispatch(choice.shader, operands);
  if (splits > 1) {
    CONVOY_ASSIGN_OR_RETURN(dispatch.output, builder.Scratch(splits * quads * push.out_plane));
    dispatch.inputs[3] = {};
  }
  dispatch.why = choice.kernel->why;
  dispatch.local_size = static_cast<uint32_t>(block.threads);
  dispatch.constants = {IsPointwise(problem),
                        splits == 1 && operands.residual.id >= 0,
                        problem.transposed,
                        SmoothKind(activation),
                        static_cast<uint32_t>(splits),
                        two_buffers ? 2u : 1u};
  push.out_channels = static_cast<int32_t>(packing.out_channels);
  push.in_quads = static_cast<int32_t>(packing.quads());
  push.weights_z = static_cast<int32_t>(packing.z_vec4s());
  dispatch.groups[1] = static_cast<uint32_t>(packing.tiles());
  dispatch.groups[2] = static_cast<uint32_t>(packing.z_count * splits);
  const VulkanOperand sums = dispatch.output;
  CONVOY_RETURN_IF_ERROR(RecordPixelParts(std::move(dispatch), push, block.pixels, builder));
  if (splits == 1) return absl::OkStatus();
  return RecordJoin(*choice.kernel, push, operands, sums, splits, problem.y.c, activation, builder);
}

}  // namespace convoy::compute
