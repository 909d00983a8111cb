#include "compute/ops/conv/conv_kernels_vulkan.h"

#include <algorithm>

#include "compute/base/checked.h"
#include "compute/ops/conv/conv_block_vulkan.h"
#include "compute/ops/conv/conv_push.h"
#include "compute/ops/conv/conv_rows_vulkan.h"

namespace convoy::compute {
namespace {

constexpr std::string_view kSoftwareOnly = "for software drivers only";
constexpr std::string_view kForConvolutions = "for convolutions, not for up-convolutions";
constexpr std::string_view kNotDepthwise = "the convolution is not depthwise";
constexpr std::string_view kTooLarge = "a stride or dilation is above 1023";
static_assert(kMaxPacked == 1023);

bool FitsPush(const ConvProblem& p) {
  for (int axis = 0; axis < 3; ++axis) {
    if (p.window.strides[axis] > kMaxPacked || p.window.dilations[axis] > kMaxPacked) return false;
  }
  return true;
}

int64_t GroupOutputs(const ConvProblem& p) { return p.y.c / p.group; }

// The implicit GEMM needs groups of whole channel quads and, transposed, phases that are
// convolutions themselves.
std::string_view GemmObjection(const ConvProblem& p) {
  if (!p.constant_weights) return "the weights are computed";
  if (!FitsPush(p)) return kTooLarge;
  if (p.transposed) {
    if (p.group != 1) return "the up-convolution has groups";
    return p.window.dilations == Spatial{1, 1, 1} ? "" : "the up-convolution is dilated";
  }
  const bool whole = p.group == 1 || (p.x.c / p.group % 4 == 0 && GroupOutputs(p) % 4 == 0);
  return whole ? "" : "the groups are not of whole channel quads";
}

std::string_view StripObjection(const ConvProblem& p) {
  const Window& w = p.window;
  if (!p.depthwise()) return kNotDepthwise;
  if (!p.constant_weights) return "the weights are computed";
  if (w.kernel[0] != 1 || w.strides[0] != 1 || w.pads_begin[0] != 0 || w.pads_end[0] != 0 ||
      p.x.size[0] != 1) {
    return "the images have a depth";
  }
  if (w.kernel[1] != w.kernel[2] || (w.kernel[1] != 3 && w.kernel[1] != 5)) {
    return "the kernel is neither 3x3 nor 5x5";
  }
  if (w.strides[1] != w.strides[2] || w.strides[1] > 2) return "the stride is neither 1 nor 2";
  return w.dilations == Spatial{1, 1, 1} ? "" : "the kernel is dilated";
}

constexpr ConvKernel Strip(std::string_view name, std::string_view shader, bool subgroup) {
  return {name,
          shader,
          ConvMethod::kDepthwiseStrip,
          0,
          0,
          subgroup,
          [](const ConvProblem& p, const VulkanTraits&) { return StripObjection(p); },
          "depthwise 3x3 and 5x5: a strip of rows shares its loads"};
}

using Reason = std::string_view (*)(const ConvProblem&, const VulkanTraits&);

// Images of few channels that are given row by row, on software drivers.
constexpr ConvKernel Rows(std::string_view name, std::string_view shader, int tn, Reason drawback) {
  return {name,
          shader,
          ConvMethod::kRows,
          4,
          tn,
          true,
          [](const ConvProblem& p, const VulkanTraits& t) -> std::string_view {
            if (!t.software) return kSoftwareOnly;
            if (const std::string_view objection = RowsObjection(p); !objection.empty()) {
              return objection;
            }
            return p.linear_input ? "" : "the input lies in channel quads, not in rows";
          },
          "few input channels: four pixels of a row a load, nothing is packed",
          drawback};
}
std::string_view ManyRowOutputs(const ConvProblem& p, const VulkanTraits& /*traits*/) {
  return p.y.c <= 8 ? "" : "more than 8 output channels";
}

// Tiles for software drivers: many multiply-adds a load. Each comes in the two ways of spreading
// weights over a subgroup; a device uses one of them.
constexpr ConvKernel Tile(std::string_view name, std::string_view shader, int px, int tn,
                          Reason drawback, std::string_view why) {
  return {name,
          shader,
          ConvMethod::kRegisterTile,
          px,
          tn,
          true,
          [](const ConvProblem& p, const VulkanTraits& t) {
            return t.software ? GemmObjection(p) : kSoftwareOnly;
          },
          why,
          drawback};
}

std::string_view ManyOutputs(const ConvProblem& p, const VulkanTraits& /*traits*/) {
  return GroupOutputs(p) <= 16 ? "" : "more than 16 output channels";
}
std::string_view BeyondTiny(const ConvProblem& p, const VulkanTraits& t) {
  return p.grid_pixels() <= t.subgroup_size ? "" : "a subgroup does not hold all pixels";
}
std::string_view BeyondSmall(const ConvProblem& p, const VulkanTraits& t) {
  if (p.grid_pixels() > 2 * int64_t{t.subgroup_size}) {
    return "two subgroups do not hold all pixels";
  }
  return GroupOutputs(p) > 32 ? "" : "at most 32 output channels";
}
// 256-bit vectors have 16 registers for accumulators, 512-bit ones 32: there 64 channels pay.
std::string_view BeyondNarrow(const ConvProblem& p, const VulkanTraits& t) {
  if (GroupOutputs(p) <= 32 || t.subgroup_size <= 8) return "";
  return "more than 32 output channels, and vectors of more than 256 bits";
}

// The transformed tensors of 128 tiles must fit a binding of 128 MiB.
constexpr int64_t kMaxWinogradChannels = 4096;

std::string_view Winograd3x3Objection(const ConvProblem& p, const VulkanTraits& /*traits*/) {
  const Window& w = p.window;
  if (!p.constant_weights) return "the weights are computed";
  if (p.transposed) return kForConvolutions;
  if (p.group != 1) return "the convolution has groups";
  if (w.kernel != Spatial{1, 3, 3}) return "the kernel is not 3x3";
  if (w.strides != Spatial{1, 1, 1}) return "the stride is not 1";
  if (w.dilations != Spatial{1, 1, 1}) return "the kernel is dilated";
  if (p.x.size[0] != 1 || w.pads_begin[0] != 0 || w.pads_end[0] != 0) {
    return "the images have a depth";
  }
  const bool fits = p.x.c <= kMaxWinogradChannels && p.y.c <= kMaxWinogradChannels;
  return fits ? "" : "more than 4096 channels";
}

int64_t WinogradTilesOf(const ConvProblem& p, int tile) {
  return p.x.n * DivideUp(p.y.size[1], tile) * DivideUp(p.y.size[2], tile);
}

// What both sizes of tile have in common.
std::string_view WinogradDrawback(const ConvProblem& p, const VulkanTraits& t, int tile) {
  if (!t.software) return "chosen on software drivers only";
  if (p.bounded) return "the activation would show its rounding";
  return WinogradTilesOf(p, tile) >= 16 ? "" : "fewer than 16 tiles of outputs";
}
// Fewer channels spend what they save on the transforms, fewer tiles on products of padding. The
// direct kernel is slower with narrow vectors, the transforms are not.
std::string_view LittleForWinograd43(const ConvProblem& p, const VulkanTraits& t) {
  if (t.subgroup_size > 8 && p.x.c < 128) return "fewer than 128 input channels";
  if (p.x.c < 64) return "fewer than 64 input channels";
  if (p.y.c < 32) return "fewer than 32 output channels";
  return WinogradDrawback(p, t, 4);
}
std::string_view LittleForWinograd23(const ConvProblem& p, const VulkanTraits& t) {
  if (t.subgroup_size > 8) return "vectors of more than 256 bits";
  if (p.x.c < 256) return "fewer than 256 input channels";
  if (p.y.c < 64) return "fewer than 64 output channels";
  return WinogradDrawback(p, t, 2);
}

template <int kPixels, int kChannels>
std::string_view BlockObjection(const ConvProblem& p, const VulkanTraits& t) {
  if (const std::string_view objection = GemmObjection(p); !objection.empty()) return objection;
  const bool fits = BlockFits(BlockOf(kPixels, kChannels), t);
  return fits ? "" : "the block exceeds the device's workgroups or shared memory";
}
// With fewer channels, register tiles compute less padding.
std::string_view NoBlocks(const ConvProblem& p, const VulkanTraits& t) {
  if (!t.shared_blocks) return "the device has no fast shared memory";
  return GroupOutputs(p) > 16 ? "" : "at most 16 output channels: it would compute padding";
}
template <int kPixels, int kChannels>
std::string_view LeavesIdle(const ConvProblem& p, const VulkanTraits& t) {
  if (const std::string_view drawback = NoBlocks(p, t); !drawback.empty()) return drawback;
  const bool fills = BlockFills(BlockOf(kPixels, kChannels), p, t);
  return fills ? "" : "its blocks would not fill the device, or compute padding";
}
std::string_view NeedsNoSplit(const ConvProblem& p, const VulkanTraits& t) {
  if (const std::string_view drawback = NoBlocks(p, t); !drawback.empty()) return drawback;
  if (GroupOutputs(p) <= 32) return "at most 32 output channels";
  if (BlockFills(BlockOf(32, 32), p, t)) return "smaller blocks fill the device";
  return BlockSplits(BlockOf(64, 64), p, t) > 1 ? "" : "too few products an output to split";
}

// A block for GPUs: the row that suits comes first, the smallest block takes the rest.
template <int kPixels, int kChannels>
constexpr ConvKernel Block(std::string_view name, std::string_view shader, std::string_view why,
                           Reason drawback) {
  return {name,
          shader,
          ConvMethod::kBlock,
          kPixels,
          kChannels,
          false,
          BlockObjection<kPixels, kChannels>,
          why,
          drawback};
}

constexpr ConvKernel kKernels[] = {
    Rows("rows_8_shuffle", "conv/conv_rows_8_shuffle", 8, ManyRowOutputs),
    Rows("rows_8_broadcast", "conv/conv_rows_8_broadcast", 8, ManyRowOutputs),
    Rows("rows_32_shuffle", "conv/conv_rows_32_shuffle", 32, nullptr),
    Rows("rows_32_broadcast", "conv/conv_rows_32_broadcast", 32, nullptr),
    Strip("depthwise_strip_shuffle", "conv/depthwise_strip_shuffle", true),
    Strip("depthwise_strip", "conv/depthwise_strip", false),
    {"depthwise", "conv/depthwise", ConvMethod::kDepthwise, 0, 0, false,
     [](const ConvProblem& p, const VulkanTraits&) -> std::string_view {
       if (!p.depthwise()) return kNotDepthwise;
       if (!p.constant_weights) return "the weights are computed";
       return FitsPush(p) ? "" : kTooLarge;
     },
     "other depthwise windows"},
    {"rt_8x8", "conv/conv_rt_8x8", ConvMethod::kRegisterTile, 8, 8, false,
     [](const ConvProblem& p, const VulkanTraits&) {
       return GroupOutputs(p) <= 8 ? GemmObjection(p) : "more than 8 output channels";
     },
     "at most 8 output channels: a wider tile computes padding"},
    {"winograd43", "conv/winograd_output_43", ConvMethod::kWinograd, 4, 0, false,
     Winograd3x3Objection, "3x3 of many channels: a quarter of the products", LittleForWinograd43},
    {"winograd23", "conv/winograd_output_23", ConvMethod::kWinograd, 2, 0, false,
     Winograd3x3Objection, "3x3 of few pixels: four ninths of the products", LittleForWinograd23},
    Tile("rt_1x64_shuffle", "conv/conv_rt_1x64_shuffle", 1, 64, BeyondTiny,
         "a subgroup holds all pixels"),
    Tile("rt_1x64_broadcast", "conv/conv_rt_1x64_broadcast", 1, 64, BeyondTiny,
         "a subgroup holds all pixels"),
    Tile("rt_2x64_shuffle", "conv/conv_rt_2x64_shuffle", 2, 64, BeyondSmall,
         "two subgroups hold all pixels"),
    Tile("rt_2x64_broadcast", "conv/conv_rt_2x64_broadcast", 2, 64, BeyondSmall,
         "two subgroups hold all pixels"),
    Tile("rt_4x16_shuffle", "conv/conv_rt_4x16_shuffle", 4, 16, ManyOutputs,
         "at most 16 output channels: a wider tile computes padding"),
    Tile("rt_4x16_broadcast", "conv/conv_rt_4x16_broadcast", 4, 16, ManyOutputs,
         "at most 16 output channels: a wider tile computes padding"),
    Tile("rt_4x32_shuffle", "conv/conv_rt_4x32_shuffle", 4, 32, BeyondNarrow,
         "at most 32 output channels, or vectors of 256 bits"),
    Tile("rt_4x32_broadcast", "conv/conv_rt_4x32_broadcast", 4, 32, BeyondNarrow,
         "at most 32 output channels, or vectors of 256 bits"),
    Tile("rt_4x64_shuffle", "conv/conv_rt_4x64_shuffle", 4, 64, nullptr,
         "software drivers: most multiply-adds a load"),
    Tile("rt_4x64_broadcast", "conv/conv_rt_4x64_broadcast", 4, 64, nullptr,
         "software drivers: most multiply-adds a load"),
    Block<256, 32>("sm256x32", "conv/conv_block_256x32", "GPUs: at most 32 output channels",
                   [](const ConvProblem& p, const VulkanTraits& t) {
                     return GroupOutputs(p) <= 32 ? LeavesIdle<256, 32>(p, t)
                                                  : "more than 32 output channels";
                   }),
    Block<128, 128>("sm128x128", "conv/conv_block_128x128",
                    "GPUs: the largest block still fills the device", LeavesIdle<128, 128>),
    Block<128, 64>("sm128x64", "conv/conv_block_128x64",
                   "GPUs: a large block still fills the device", LeavesIdle<128, 64>),
    Block<64, 64>("sm64x64", "conv/conv_block_64x64",
                  "GPUs: larger blocks would not fill the device", LeavesIdle<64, 64>),
    {"smk64x64", "conv/conv_block_64x64", ConvMethod::kSplitBlock, 64, 64, false,
     BlockObjection<64, 64>, "GPUs: few pixels and many products an output", NeedsNoSplit},
    Block<32, 32>("sm32x32", "conv/conv_block_32x32", "GPUs: small layers need more workgroups",
                  NoBlocks),
    {"rt_2x16", "conv/conv_rt_2x16", ConvMethod::kRegisterTile, 2, 16, false,
     [](const ConvProblem& p, const VulkanTraits&) {
       // Below about 16 thousand tiles of 4x16 a large GPU is not full.
       const bool small = p.grid_pixels() * GroupOutputs(p) * p.group < (1 << 20);
       return small ? GemmObjection(p) : "2^20 outputs or more";
     },
     "GPUs: small layers need more workgroups"},
    {"rt_4x16", "conv/conv_rt_4x16", ConvMethod::kRegisterTile, 4, 16, false,
     [](const ConvProblem& p, const VulkanTraits&) { return GemmObjection(p); },
     "GPUs: 64 accumulators, weights from one address"},
    {"direct", "conv/conv_direct", ConvMethod::kDirect, 0, 0, false,
     [](const ConvProblem& p, const VulkanTraits&) {
       if (p.transposed) return kForConvolutions;
       return FitsPush(p) ? "" : kTooLarge;
     },
     "every other convolution"},
    {"upconv_direct", "upconv/upconv_direct", ConvMethod::kDirect, 0, 0, false,
     [](const ConvProblem& p, const VulkanTraits&) -> std::string_view {
       if (!p.transposed) return "for up-convolutions";
       return FitsPush(p) ? "" : kTooLarge;
     },
     "every other up-convolution"},
};

// The load path behind `row.name` in `forced`: "", "_texel" or "_ssbo"; nothing when `forced` is
// another row.
const char* ForcedLoadPath(const ConvKernel& row, std::string_view forced) {
  if (forced.substr(0, row.name.size()) != row.name) return nullptr;
  const std::string_view rest = forced.substr(row.name.size());
  for (const char* path : {"", "_texel", "_ssbo"}) {
    if (rest == path) return path;
  }
  return nullptr;
}

}  // namespace

Spatial ConvProblem::grid() const {
  if (!transposed) return y.size;
  Spatial phase_grid;
  for (int axis = 0; axis < 3; ++axis) {
    phase_grid[axis] = DivideUp(y.size[axis], window.strides[axis]);
  }
  return phase_grid;
}

int64_t ConvProblem::grid_pixels() const {
  const Spatial size = grid();
  return x.n * size[0] * size[1] * size[2];
}

std::span<const ConvKernel> AllConvKernels() { return kKernels; }

ConvProblem ChosenBy(const ConvProblem& problem, const VulkanTraits& traits) {
  ConvProblem chosen_by = problem;
  if (traits.batch_invariant) chosen_by.x.n = chosen_by.y.n = kCanonicalBatch;
  return chosen_by;
}

ConvChoice ChooseConvKernel(const ConvProblem& problem, const VulkanTraits& traits,
                            const std::function<bool(std::string_view)>& usable,
                            std::string_view forced) {
  if (!forced.empty()) {
    VulkanTraits any = traits;  // forced tiles are allowed on every device
    any.software = true;
    for (const ConvKernel& row : kKernels) {
      const char* path = ForcedLoadPath(row, forced);
      if (path == nullptr || !row.covers(problem, any)) continue;
      return {&row, std::string(row.shader) + path};
    }
  }
  for (const ConvKernel& row : kKernels) {
    if (!row.covers(problem, traits) || !usable(row.shader)) continue;
    if (row.method == ConvMethod::kSplitBlock && !usable("conv/conv_join")) continue;
    if (!row.suits(problem, traits)) continue;
    return {&row, std::string(row.shader)};
  }
  return {};
}

}  // namespace convoy::compute
