#include "compute/ops/conv/winograd.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "compute/cpu/panel_product_avx2.h"
#include "compute/cpu/parallel_for.h"
#include "compute/ops/conv/epilogue.h"
#include "compute/ops/conv/winograd_avx2.h"

namespace convoy::compute {
namespace {

constexpr int64_t kPanel = kPanelColumns;  // output channels
// Input channels summed at a time: a panel of their weights (16 KB) stays in the first-level cache.
constexpr int64_t kDepthAtOnce = 256;
// Planes that lie whole pages apart would fall into the same few places of the first-level cache.
constexpr int64_t kPlanePadding = 16;
// Tiles of a block. A block's planes should stay in the second-level cache, but every block reads
// all weights: few channels want small blocks, many want large ones.
constexpr int64_t kSmallBlock = 24;
constexpr int64_t kMiddleBlock = 48;
constexpr int64_t kLargeBlock = 96;
constexpr int64_t kFewChannels = 160;
constexpr int64_t kManyChannels = 768;  // weights of 19 MB and more
// Blocks of channels that are transformed side by side: two fill the cache lines of the planes, and
// neighbouring tiles of few maps are what the processor fetches ahead.
constexpr int64_t kMapsAtOnce = 2;

int64_t PanelStart(int64_t panel, int64_t in_channels) { return panel * kPanel * in_channels; }
int64_t PanelWidth(int64_t panel, int64_t out_channels) {
  return std::min(kPanel, out_channels - panel * kPanel);
}
int64_t Panels(int64_t out_channels) { return (out_channels + kPanel - 1) / kPanel; }

// The interpolation points but infinity, and what G's rows are multiplied by: 0, +-1/sqrt(2),
// +-sqrt(2). F(4, 3) and F(2, 5) share them, so they share the transform of the patches too.
constexpr double kRoot = 1.41421356237309504880;
struct Point {
  double at, scale;
};
constexpr Point kPoints[] = {
    {0, 1}, {kRoot / 2, -2.0 / 3}, {-kRoot / 2, -2.0 / 3}, {kRoot, 1.0 / 6}, {-kRoot, 1.0 / 6}};
constexpr int64_t kMaxKernel = 5;

// G: [6][kernel].
using KernelTransform = std::array<std::array<double, kMaxKernel>, kWinogradPatch>;
KernelTransform KernelTransformOf(int64_t kernel) {
  KernelTransform transform = {};
  for (size_t i = 0; i < std::size(kPoints); ++i) {
    double power = kPoints[i].scale;
    for (int64_t j = 0; j < kernel; ++j, power *= kPoints[i].at) transform[i][j] = power;
  }
  transform.back()[kernel - 1] = 1;  // infinity
  return transform;
}

// G g G^T of one pair of channels; the planes lie `stride` floats apart.
void MakeKernelPlanes(const KernelTransform& transform, const float* weights, int64_t kernel,
                      float* planes, int64_t stride) {
  KernelTransform rows = {};
  for (int64_t i = 0; i < kWinogradPatch; ++i) {
    for (int64_t j = 0; j < kernel; ++j) {
      for (int64_t k = 0; k < kernel; ++k) rows[i][j] += transform[i][k] * weights[k * kernel + j];
    }
  }
  for (int64_t i = 0; i < kWinogradPatch; ++i) {
    for (int64_t j = 0; j < kWinogradPatch; ++j) {
      const double sum =
          std::inner_product(rows[i].begin(), rows[i].end(), transform[j].begin(), 0.0);
      planes[(i * kWinogradPatch + j) * stride] = static_cast<float>(sum);
    }
  }
}

}  // namespace

std::string_view WinogradObjection(const ConvParams& params, int64_t in_channels,
                                   int64_t out_channels) {
  const Window& window = params.window;
  if (window.rank != 2) return "it is made for two dimensions";
  if (window.kernel[1] != window.kernel[2] || (window.kernel[1] != 3 && window.kernel[1] != 5)) {
    return "the kernel is neither 3x3 nor 5x5";
  }
  if (window.strides[1] != 1 || window.strides[2] != 1) return "the stride is not 1";
  if (window.dilations[1] != 1 || window.dilations[2] != 1) return "the kernel is dilated";
  if (params.group != 1) return "the convolution has groups";
  if (in_channels % kWinogradLanes != 0 || out_channels % kWinogradLanes != 0) {
    return "the channels are not in whole blocks of 8";
  }
  return SmoothKind(params.activation) == 0 ? "" : "the activation is not made of bounds";
}

int64_t WinogradWeightCount(int64_t in_channels, int64_t out_channels) {
  return kWinogradPlanes * in_channels * out_channels;
}

// [plane][panel of 16 output channels][input channel][output channel of the panel]
void MakeWinogradWeights(std::span<const float> weights, int64_t kernel, int64_t in_channels,
                         int64_t out_channels, std::span<float> made) {
  const KernelTransform transform = KernelTransformOf(kernel);
  const int64_t plane = in_channels * out_channels;
  ParallelFor(Panels(out_channels), [&](int64_t begin, int64_t end) {
    for (int64_t panel = begin; panel < end; ++panel) {
      const int64_t columns = PanelWidth(panel, out_channels);
      float* to = made.data() + PanelStart(panel, in_channels);
      for (int64_t c = 0; c < in_channels; ++c) {
        for (int64_t m = 0; m < columns; ++m) {
          const int64_t pair = (panel * kPanel + m) * in_channels + c;
          MakeKernelPlanes(transform, weights.data() + pair * kernel * kernel, kernel,
                           to + c * columns + m, plane);
        }
      }
    }
  });
}

struct WinogradConv::Block {
  int64_t first = 0;  // tile
  int64_t count = 0;
  float* in = nullptr;   // [plane][tile][input channel]
  float* out = nullptr;  // [plane][tile][output channel]
};

WinogradConv::WinogradConv(const WinogradLayer& layer, int threads) : layer_(layer) {
  const int64_t tiles = layer.tiles();
  const int64_t channels = layer.in_channels + layer.out_channels;
  block_tiles_ = channels <= kFewChannels   ? kSmallBlock
                 : channels < kManyChannels ? kMiddleBlock
                                            : kLargeBlock;
  blocks_ = (tiles + block_tiles_ - 1) / block_tiles_;
  block_tiles_ = (tiles + blocks_ - 1) / blocks_;  // not one block of all weights for a last tile
  by_blocks_ = threads == 1 || blocks_ >= 2 * threads;
  if (by_blocks_) {
    slots_ = threads;
    // As many blocks for every thread.
    blocks_ = (blocks_ + threads - 1) / threads * threads;
    block_tiles_ = (tiles + blocks_ - 1) / blocks_;
    blocks_ = (tiles + block_tiles_ - 1) / block_tiles_;
  }
  in_stride_ = block_tiles_ * layer.in_channels + kPlanePadding;
  out_stride_ = block_tiles_ * layer.out_channels + kPlanePadding;
  slot_floats_ = kWinogradPlanes * (in_stride_ + out_stride_);
}

WinogradConv::Block WinogradConv::BlockAt(int64_t index, float* scratch) const {
  Block block;
  block.first = index * block_tiles_;
  block.count = std::min(block_tiles_, layer_.tiles() - block.first);
  block.in = scratch;
  block.out = scratch + kWinogradPlanes * in_stride_;
  return block;
}

void WinogradConv::Run(const float* x, const float* weights, const float* bias, float* y,
                       float* scratch) const {
  const int64_t pairs = kWinogradPlanes * Panels(layer_.out_channels);
  if (by_blocks_) {
    ParallelFor(slots_, [&](int64_t begin, int64_t end) {
      for (int64_t slot = begin; slot < end; ++slot) {
        for (int64_t i = blocks_ * slot / slots_; i < blocks_ * (slot + 1) / slots_; ++i) {
          const Block block = BlockAt(i, scratch + slot * slot_floats_);
          Transform(block, x, 0, block.count);
          Multiply(block, weights, 0, pairs);
          Inverse(block, bias, y, 0, block.count);
        }
      }
    });
    return;
  }
  for (int64_t i = 0; i < blocks_; ++i) {
    const Block block = BlockAt(i, scratch);
    ParallelFor(block.count, [&](int64_t begin, int64_t end) { Transform(block, x, begin, end); });
    ParallelFor(pairs, [&](int64_t begin, int64_t end) { Multiply(block, weights, begin, end); });
    ParallelFor(block.count,
                [&](int64_t begin, int64_t end) { Inverse(block, bias, y, begin, end); });
  }
}

void WinogradConv::Transform(const Block& block, const float* x, int64_t begin, int64_t end) const {
  const int64_t image_tiles = layer_.tile_rows() * layer_.tile_columns();
  const int64_t map_floats = layer_.height * layer_.width * kWinogradLanes;
  const int64_t maps = layer_.in_channels / kWinogradLanes;
  WinogradMap map;
  map.height = layer_.height;
  map.width = layer_.width;
  for (int64_t first = 0; first < maps; first += kMapsAtOnce) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t image = (block.first + t) / image_tiles;
      const int64_t place = (block.first + t) % image_tiles;
      map.row = place / layer_.tile_columns() * layer_.tile() - layer_.pad_top;
      map.column = place % layer_.tile_columns() * layer_.tile() - layer_.pad_left;
      for (int64_t c = first; c < std::min(first + kMapsAtOnce, maps); ++c) {
        // Only read.
        map.data = const_cast<float*>(x) + (image * maps + c) * map_floats;
        WinogradTransformAvx2(map, block.in + t * layer_.in_channels + c * kWinogradLanes,
                              in_stride_);
      }
    }
  }
}

// Pairs of a plane and a panel of output channels.
void WinogradConv::Multiply(const Block& block, const float* weights, int64_t begin,
                            int64_t end) const {
  const int64_t panels = Panels(layer_.out_channels);
  const int64_t parts = (layer_.in_channels + kDepthAtOnce - 1) / kDepthAtOnce;
  const int64_t depth_at_once = (layer_.in_channels + parts - 1) / parts;
  for (int64_t pair = begin; pair < end; ++pair) {
    const int64_t plane = pair / panels;
    const int64_t panel = pair % panels;
    const int64_t columns = PanelWidth(panel, layer_.out_channels);
    const float* factors = weights + plane * layer_.in_channels * layer_.out_channels +
                           PanelStart(panel, layer_.in_channels);
    for (int64_t k = 0; k < layer_.in_channels; k += depth_at_once) {
      const int64_t depth = std::min(depth_at_once, layer_.in_channels - k);
      PanelProductAvx2({.rows = block.in + plane * in_stride_ + k,
                        .row_stride = layer_.in_channels,
                        .row_count = block.count,
                        .weights = factors + k * columns,
                        .depth = depth,
                        .columns = columns,
                        .products = block.out + plane * out_stride_ + panel * kPanel,
                        .product_stride = layer_.out_channels,
                        .adds = k > 0});
    }
  }
}

void WinogradConv::Inverse(const Block& block, const float* bias, float* y, int64_t begin,
                           int64_t end) const {
  const int64_t image_tiles = layer_.tile_rows() * layer_.tile_columns();
  const int64_t map_floats = layer_.out_height * layer_.out_width * kWinogradLanes;
  const int64_t maps = layer_.out_channels / kWinogradLanes;
  const Epilogue bounds = EpilogueOf(layer_.activation);
  WinogradEpilogue epilogue;
  epilogue.sums = layer_.sums;
  epilogue.low = bounds.low;
  epilogue.high = bounds.high;
  epilogue.slope = bounds.slope;
  epilogue.bounded = layer_.activation.kind != ActivationKind::kNone;
  WinogradMap map;
  map.height = layer_.out_height;
  map.width = layer_.out_width;
  for (int64_t first = 0; first < maps; first += kMapsAtOnce) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t image = (block.first + t) / image_tiles;
      const int64_t place = (block.first + t) % image_tiles;
      map.row = place / layer_.tile_columns() * layer_.tile();
      map.column = place % layer_.tile_columns() * layer_.tile();
      for (int64_t m = first; m < std::min(first + kMapsAtOnce, maps); ++m) {
        epilogue.bias = bias == nullptr ? nullptr : bias + m * kWinogradLanes;
        map.data = y + (image * maps + m) * map_floats;
        WinogradInverseAvx2(block.out + t * layer_.out_channels + m * kWinogradLanes, out_stride_,
                            layer_.tile(), map, epilogue);
      }
    }
  }
}

}  // namespace convoy::compute
