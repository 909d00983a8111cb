#include "compute/ops/conv/conv_kernels_vulkan.h"

#include <algorithm>

#include "compute/base/checked.h"
#include "compute/ops/conv/conv_block_vulkan.h"
#include "compute/ops/conv/conv_push.h"
#include "compute/ops/conv/conv_rows_vulkan.h"

namespace convoy::compute {
namespace {

bool FitsPush(const ConvProblem& p) {
  for (int axis = 0; axis < 3; ++axis) {
    if (p.window.strides[axis] > kMaxPacked || p.window.dilations[axis] > kMaxPacked) return false;
  }
  return true;
}

int64_t GroupOutputs(const ConvProblem& p) { return p.y.c / p.group; }

// The implicit GEMM needs groups of whole channel quads and, transposed, phases that are
// convolutions themselves.
bool IsGemm(const ConvProblem& p) {
  if (!p.constant_weights || !FitsPush(p)) return false;
  if (p.transposed) return p.group == 1 && p.window.dilations == Spatial{1, 1, 1};
  return p.group == 1 || (p.x.c / p.group % 4 == 0 && GroupOutputs(p) % 4 == 0);
}

bool IsStrip(const ConvProblem& p) {
  const Window& w = p.window;
  return p.depthwise() && p.constant_weights && w.kernel[0] == 1 && w.kernel[1] == w.kernel[2] &&
         (w.kernel[1] == 3 || w.kernel[1] == 5) && w.strides[0] == 1 &&
         w.strides[1] == w.strides[2] && w.strides[1] <= 2 && w.dilations == Spatial{1, 1, 1} &&
         w.pads_begin[0] == 0 && w.pads_end[0] == 0 && p.x.size[0] == 1;
}

constexpr ConvKernel Strip(std::string_view name, std::string_view shader, bool subgroup) {
  return {name,
          shader,
          ConvMethod::kDepthwiseStrip,
          0,
          0,
          subgroup,
          [](const ConvProblem& p, const VulkanTraits&) { return IsStrip(p); },
          "depthwise 3x3 and 5x5: a strip of rows shares its loads"};
}

// Images of few channels that are given row by row, on software drivers.
constexpr ConvKernel Rows(std::string_view name, std::string_view shader, int tn,
                          bool (*suits)(const ConvProblem&, const VulkanTraits&)) {
  return {name,
          shader,
          ConvMethod::kRows,
          4,
          tn,
          true,
          [](const ConvProblem& p, const VulkanTraits& t) {
            return t.software && p.linear_input && FitsRows(p);
          },
          "few input channels: four pixels of a row a load, nothing is packed",
          suits};
}
bool HasFewOutputs(const ConvProblem& p, const VulkanTraits& /*traits*/) { return p.y.c <= 8; }

// Tiles for software drivers: many multiply-adds a load. Each comes in the two ways of spreading
// weights over a subgroup; a device uses one of them.
constexpr ConvKernel Tile(std::string_view name, std::string_view shader, int px, int tn,
                          bool (*suits)(const ConvProblem&, const VulkanTraits&),
                          std::string_view why) {
  return {name,
          shader,
          ConvMethod::kRegisterTile,
          px,
          tn,
          true,
          [](const ConvProblem& p, const VulkanTraits& t) { return t.software && IsGemm(p); },
          why,
          suits};
}

bool SuitsFewChannels(const ConvProblem& p, const VulkanTraits& /*traits*/) {
  return GroupOutputs(p) <= 16;
}
bool SuitsTiny(const ConvProblem& p, const VulkanTraits& t) {
  return p.grid_pixels() <= t.subgroup_size;
}
bool SuitsSmall(const ConvProblem& p, const VulkanTraits& t) {
  return p.grid_pixels() <= 2 * int64_t{t.subgroup_size} && GroupOutputs(p) > 32;
}
// 256-bit vectors have 16 registers for accumulators, 512-bit ones 32: there 64 channels pay.
bool SuitsNarrow(const ConvProblem& p, const VulkanTraits& t) {
  return GroupOutputs(p) <= 32 || t.subgroup_size <= 8;
}

// The transformed tensors of 128 tiles must fit a binding of 128 MiB.
constexpr int64_t kMaxWinogradChannels = 4096;

bool IsWinograd(const ConvProblem& p, const VulkanTraits& /*traits*/) {
  return p.constant_weights && !p.transposed && p.group == 1 && p.x.size[0] == 1 &&
         p.window.kernel == Spatial{1, 3, 3} && p.window.strides == Spatial{1, 1, 1} &&
         p.window.dilations == Spatial{1, 1, 1} && p.window.pads_begin[0] == 0 &&
         p.window.pads_end[0] == 0 && p.x.c <= kMaxWinogradChannels &&
         p.y.c <= kMaxWinogradChannels;
}

int64_t WinogradTilesOf(const ConvProblem& p, int tile) {
  return p.x.n * DivideUp(p.y.size[1], tile) * DivideUp(p.y.size[2], tile);
}

// Fewer channels spend what they save on the transforms, fewer tiles on products of padding. The
// direct kernel is slower with narrow vectors, the transforms are not.
bool SavesByWinograd43(const ConvProblem& p, const VulkanTraits& t) {
  const int64_t channels = t.subgroup_size <= 8 ? 64 : 128;
  return t.software && !p.bounded && p.x.c >= channels && p.y.c >= 32 &&
         WinogradTilesOf(p, 4) >= 16;
}
bool SavesByWinograd23(const ConvProblem& p, const VulkanTraits& t) {
  return t.software && !p.bounded && t.subgroup_size <= 8 && p.x.c >= 256 && p.y.c >= 64 &&
         WinogradTilesOf(p, 2) >= 16;
}

template <int kPixels, int kChannels>
bool CoversBlock(const ConvProblem& p, const VulkanTraits& t) {
  return IsGemm(p) && BlockFits(BlockOf(kPixels, kChannels), t);
}
// With fewer channels, register tiles compute less padding.
bool UsesBlocks(const ConvProblem& p, const VulkanTraits& t) {
  return t.shared_blocks && GroupOutputs(p) > 16;
}
template <int kPixels, int kChannels>
bool FillsDevice(const ConvProblem& p, const VulkanTraits& t) {
  return UsesBlocks(p, t) && BlockFills(BlockOf(kPixels, kChannels), p, t);
}

// A block for GPUs: the row that suits comes first, the smallest block takes the rest.
template <int kPixels, int kChannels>
constexpr ConvKernel Block(std::string_view name, std::string_view shader, std::string_view why,
                           bool (*suits)(const ConvProblem&, const VulkanTraits&)) {
  return {
      name, shader, ConvMethod::kBlock, kPixels, kChannels, false, CoversBlock<kPixels, kChannels>,
      why,  suits};
}

constexpr ConvKernel kKernels[] = {
    Rows("rows_8_shuffle", "conv/conv_rows_8_shuffle", 8, HasFewOutputs),
    Rows("rows_8_broadcast", "conv/conv_rows_8_broadcast", 8, HasFewOutputs),
    Rows("rows_32_shuffle", "conv/conv_rows_32_shuffle", 32, nullptr),
    Rows("rows_32_broadcast", "conv/conv_rows_32_broadcast", 32, nullptr),
    Strip("depthwise_strip_shuffle", "conv/depthwise_strip_shuffle", true),
    Strip("depthwise_strip", "conv/depthwise_strip", false),
    {"depthwise", "conv/depthwise", ConvMethod::kDepthwise, 0, 0, false,
     [](const ConvProblem& p, const VulkanTraits&) {
       return p.depthwise() && p.constant_weights && FitsPush(p);
     },
     "other depthwise windows"},
    {"rt_8x8", "conv/conv_rt_8x8", ConvMethod::kRegisterTile, 8, 8, false,
     [](const ConvProblem& p, const VulkanTraits&) { return IsGemm(p) && GroupOutputs(p) <= 8; },
     "at most 8 output channels: a wider tile computes padding"},
    {"winograd43", "conv/winograd_output_43", ConvMethod::kWinograd, 4, 0, false, IsWinograd,
     "3x3 of many channels: a quarter of the products", SavesByWinograd43},
    {"winograd23", "conv/winograd_output_23", ConvMethod::kWinograd, 2, 0, false, IsWinograd,
     "3x3 of few pixels: four ninths of the products", SavesByWinograd23},
    Tile("rt_1x64_shuffle", "conv/conv_rt_1x64_shuffle", 1, 64, SuitsTiny,
         "a subgroup holds all pixels"),
    Tile("rt_1x64_broadcast", "conv/conv_rt_1x64_broadcast", 1, 64, SuitsTiny,
         "a subgroup holds all pixels"),
    Tile("rt_2x64_shuffle", "conv/conv_rt_2x64_shuffle", 2, 64, SuitsSmall,
         "two subgroups hold all pixels"),
    Tile("rt_2x64_broadcast", "conv/conv_rt_2x64_broadcast", 2, 64, SuitsSmall,
         "two subgroups hold all pixels"),
    Tile("rt_4x16_shuffle", "conv/conv_rt_4x16_shuffle", 4, 16, SuitsFewChannels,
         "at most 16 output channels: a wider tile computes padding"),
    Tile("rt_4x16_broadcast", "conv/conv_rt_4x16_broadcast", 4, 16, SuitsFewChannels,
         "at most 16 output channels: a wider tile computes padding"),
    Tile("rt_4x32_shuffle", "conv/conv_rt_4x32_shuffle", 4, 32, SuitsNarrow,
         "at most 32 output channels, or vectors of 256 bits"),
    Tile("rt_4x32_broadcast", "conv/conv_rt_4x32_broadcast", 4, 32, SuitsNarrow,
         "at most 32 output channels, or vectors of 256 bits"),
    Tile("rt_4x64_shuffle", "conv/conv_rt_4x64_shuffle", 4, 64, nullptr,
         "software drivers: most multiply-adds a load"),
    Tile("rt_4x64_broadcast", "conv/conv_rt_4x64_broadcast", 4, 64, nullptr,
         "software drivers: most multiply-adds a load"),
    Block<256, 32>("sm256x32", "conv/conv_block_256x32", "GPUs: at most 32 output channels",
                   [](const ConvProblem& p, const VulkanTraits& t) {
                     return GroupOutputs(p) <= 32 && FillsDevice<256, 32>(p, t);
                   }),
    Block<128, 128>("sm128x128", "conv/conv_block_128x128",
                    "GPUs: the largest block still fills the device", FillsDevice<128, 128>),
    Block<128, 64>("sm128x64", "conv/conv_block_128x64",
                   "GPUs: a large block still fills the device", FillsDevice<128, 64>),
    Block<64, 64>("sm64x64", "conv/conv_block_64x64",
                  "GPUs: larger blocks would not fill the device", FillsDevice<64, 64>),
    {"smk64x64", "conv/conv_block_64x64", ConvMethod::kSplitBlock, 64, 64, false,
     CoversBlock<64, 64>, "GPUs: few pixels and many products an output",
     [](const ConvProblem& p, const VulkanTraits& t) {
       return UsesBlocks(p, t) && GroupOutputs(p) > 32 && !BlockFills(BlockOf(32, 32), p, t) &&
              BlockSplits(BlockOf(64, 64), p, t) > 1;
     }},
    Block<32, 32>("sm32x32", "conv/conv_block_32x32", "GPUs: small layers need more workgroups",
                  UsesBlocks),
    {"rt_2x16", "conv/conv_rt_2x16", ConvMethod::kRegisterTile, 2, 16, false,
     [](const ConvProblem& p, const VulkanTraits&) {
       // Below about 16 thousand tiles of 4x16 a large GPU is not full.
       return IsGemm(p) && p.grid_pixels() * GroupOutputs(p) * p.group < (1 << 20);
     },
     "GPUs: small layers need more workgroups"},
    {"rt_4x16", "conv/conv_rt_4x16", ConvMethod::kRegisterTile, 4, 16, false,
     [](const ConvProblem& p, const VulkanTraits&) { return IsGemm(p); },
     "GPUs: 64 accumulators, weights from one address"},
    {"direct", "conv/conv_direct", ConvMethod::kDirect, 0, 0, false,
     [](const ConvProblem& p, const VulkanTraits&) { return !p.transposed && FitsPush(p); },
     "every other convolution"},
    {"upconv_direct", "upconv/upconv_direct", ConvMethod::kDirect, 0, 0, false,
     [](const ConvProblem& p, const VulkanTraits&) { return p.transposed && FitsPush(p); },
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
    if (row.suits != nullptr && !row.suits(problem, traits)) continue;
    return {&row, std::string(row.shader)};
  }
  return {};
}

}  // namespace convoy::compute
