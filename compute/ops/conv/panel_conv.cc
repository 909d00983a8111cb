#include "compute/ops/conv/panel_conv.h"

#include <algorithm>
#include <limits>

#include "compute/cpu/panel_product_avx2.h"
#include "compute/cpu/parallel_for.h"

namespace convoy::compute {
namespace {

constexpr int64_t kLanes = 8;
constexpr int64_t kMostInChannels = 8;  // of a layer with few
// Rows of a product: their sums (4 KB) stay in the first-level cache.
constexpr int64_t kRowsAtOnce = 60;
// Elements of a row summed at a time: a panel of their weights is 16 KB.
constexpr int64_t kDepthAtOnce = 256;

// The padding channels of the last block must stay 0.
bool KeepsZero(const ActivationParams& activation) { return Activate(0, activation) == 0; }

bool FitsOffsets(int64_t floats) { return floats < std::numeric_limits<int32_t>::max(); }

// Floats of one image in the source: of few channels it is padded.
int64_t PaddedImage(const Window& window, const Shape& x) {
  return x[1] * (x[2] + window.pads_begin[1] + window.pads_end[1]) *
         (x[3] + window.pads_begin[2] + window.pads_end[2]);
}

// What both kinds of layers need.
std::string_view CommonObjection(const Window& window, int64_t group,
                                 const ActivationParams& activation, const Shape& x,
                                 const Shape& y) {
  if (window.rank != 2) return "they are made for two dimensions";
  if (group != 1) return "the layer has groups";
  if (!VectorActivationOf(activation).has_value()) return "the activation has no vector form";
  if (y[1] % kLanes != 0 && !KeepsZero(activation)) {
    return "the outputs are not in whole blocks of 8 and the activation does not keep 0";
  }
  return FitsOffsets(PaddedImage(window, x)) ? "" : "an image has more than 2^31 elements";
}

}  // namespace

std::string_view PanelConv::FewChannelsObjection(const ConvParams& params, const Shape& x,
                                                 const Shape& y) {
  if (x[1] > kMostInChannels) return "more than 8 input channels";
  if (params.has_residual) return "the layer adds a residual";
  return CommonObjection(params.window, params.group, params.activation, x, y);
}

std::string_view PanelConv::UpconvObjection(const ConvTransposeParams& params, const Shape& x,
                                            const Shape& y) {
  const Window& window = params.window;
  const Spatial none{1, 1, 1};
  if (window.kernel != window.strides) return "the kernel is not its stride";
  if (window.padded() || params.output_padding != Spatial{0, 0, 0}) return "the layer is padded";
  if (window.dilations != none) return "the kernel is dilated";
  if (x[1] % kLanes != 0) return "the input channels are not in whole blocks of 8";
  return CommonObjection(window, params.group, params.activation, x, y);
}

std::optional<PanelConv> PanelConv::ForFewChannels(const ConvParams& params, const Shape& x,
                                                   const Shape& y) {
  if (!FewChannelsObjection(params, x, y).empty()) return std::nullopt;
  const Window& window = params.window;
  PanelConv conv;
  conv.batch_ = x[0];
  conv.in_channels_ = x[1];
  conv.height_ = x[2];
  conv.width_ = x[3];
  conv.out_channels_ = y[1];
  conv.out_height_ = conv.rows_ = y[2];
  conv.out_width_ = conv.columns_ = y[3];
  conv.activation_ = *VectorActivationOf(params.activation);
  conv.pad_top_ = window.pads_begin[1];
  conv.pad_left_ = window.pads_begin[2];
  conv.padded_height_ = x[2] + window.pads_begin[1] + window.pads_end[1];
  conv.padded_width_ = x[3] + window.pads_begin[2] + window.pads_end[2];
  const int64_t plane = conv.padded_height_ * conv.padded_width_;
  conv.image_ = x[1] * plane;
  if (window.padded()) conv.padded_image_ = conv.image_;
  for (int64_t c = 0; c < x[1]; ++c) {
    for (int64_t i = 0; i < window.kernel[1]; ++i) {
      for (int64_t j = 0; j < window.kernel[2]; ++j) {
        conv.offsets_.push_back(static_cast<int32_t>(
            c * plane + i * window.dilations[1] * conv.padded_width_ + j * window.dilations[2]));
      }
    }
  }
  conv.row_step_ = window.strides[1] * conv.padded_width_;
  conv.column_step_ = window.strides[2];
  return conv;
}

std::optional<PanelConv> PanelConv::ForUpconv(const ConvTransposeParams& params, const Shape& x,
                                              const Shape& y) {
  if (!UpconvObjection(params, x, y).empty()) return std::nullopt;
  const Window& window = params.window;
  PanelConv conv;
  conv.upconv_ = true;
  conv.batch_ = x[0];
  conv.in_channels_ = x[1];
  conv.height_ = conv.rows_ = x[2];
  conv.width_ = conv.columns_ = x[3];
  conv.out_channels_ = y[1];
  conv.out_height_ = y[2];
  conv.out_width_ = y[3];
  conv.activation_ = *VectorActivationOf(params.activation);
  conv.image_ = x[1] * x[2] * x[3];
  for (int64_t c = 0; c < x[1]; ++c) {
    conv.offsets_.push_back(static_cast<int32_t>(c / kLanes * x[2] * x[3] * kLanes + c % kLanes));
  }
  conv.row_step_ = x[3] * kLanes;
  conv.column_step_ = kLanes;
  conv.phases_y_ = window.kernel[1];
  conv.phases_x_ = window.kernel[2];
  return conv;
}

int64_t PanelConv::weight_floats() const {
  return phases_y_ * phases_x_ * panels() * kPanelColumns * depth();
}

// [phase][panel][element][16 output channels], zeros behind the last.
void PanelConv::MakeWeights(std::span<const float> weights, std::span<float> made) const {
  const int64_t phases = phases_y_ * phases_x_;
  std::fill(made.begin(), made.end(), 0.0F);
  for (int64_t phase = 0; phase < phases; ++phase) {
    for (int64_t m = 0; m < out_channels_; ++m) {
      float* to = made.data() + ((phase * panels() + m / kPanelColumns) * depth()) * kPanelColumns +
                  m % kPanelColumns;
      for (int64_t k = 0; k < depth(); ++k) {
        const int64_t from = upconv_ ? (k * out_channels_ + m) * phases + phase : m * depth() + k;
        to[k * kPanelColumns] = weights[static_cast<size_t>(from)];
      }
    }
  }
}

void PanelConv::PadBias(std::span<const float> bias, std::span<float> padded) const {
  std::fill(std::copy(bias.begin(), bias.end(), padded.begin()), padded.end(), 0.0F);
}

void PanelConv::Pad(const float* x, float* padded) const {
  ParallelFor(batch_ * in_channels_, [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane) {
      float* to = padded + plane * padded_height_ * padded_width_;
      std::fill(to, to + padded_height_ * padded_width_, 0.0F);
      for (int64_t row = 0; row < height_; ++row) {
        const float* from = x + (plane * height_ + row) * width_;
        std::copy(from, from + width_, to + (row + pad_top_) * padded_width_ + pad_left_);
      }
    }
  });
}

// One row of pixels of one image, all phases and panels.
void PanelConv::RunRow(const float* image, const float* weights, const float* bias, float* y,
                       int64_t row, float* sums) const {
  const int64_t map = out_height_ * out_width_ * kLanes;
  const int64_t blocks = (out_channels_ + kLanes - 1) / kLanes;
  for (int64_t phase = 0; phase < phases_y_ * phases_x_; ++phase) {
    const int64_t out_row = row * phases_y_ + phase / phases_x_;
    float* out = y + (out_row * out_width_ + phase % phases_x_) * kLanes;
    for (int64_t panel = 0; panel < panels(); ++panel) {
      const float* factors = weights + (phase * panels() + panel) * depth() * kPanelColumns;
      const int vectors = static_cast<int>(std::min<int64_t>(2, blocks - panel * 2));
      for (int64_t first = 0; first < columns_; first += kRowsAtOnce) {
        const int64_t count = std::min(kRowsAtOnce, columns_ - first);
        for (int64_t k = 0; k < depth(); k += kDepthAtOnce) {
          PanelProductAvx2({.rows = image + row * row_step_ + first * column_step_,
                            .row_stride = column_step_,
                            .offsets = offsets_.data() + k,
                            .row_count = count,
                            .weights = factors + k * kPanelColumns,
                            .depth = std::min(kDepthAtOnce, depth() - k),
                            .products = sums,
                            .product_stride = kPanelColumns,
                            .adds = k > 0});
        }
        FinishAvx2({.sums = sums,
                    .sum_stride = kPanelColumns,
                    .rows = count,
                    .vectors = vectors,
                    .bias = bias == nullptr ? nullptr : bias + panel * kPanelColumns,
                    .activation = activation_,
                    .out = out + panel * 2 * map + first * phases_x_ * kLanes,
                    .out_stride = phases_x_ * kLanes,
                    .vector_stride = map});
      }
    }
  }
}

void PanelConv::Run(const float* x, const float* weights, const float* bias, float* y,
                    float* scratch) const {
  const float* source = x;
  if (padded_image_ > 0) {
    Pad(x, scratch);
    source = scratch;
  }
  const int64_t blocks = (out_channels_ + kLanes - 1) / kLanes;
  const int64_t out_image = blocks * out_height_ * out_width_ * kLanes;
  ParallelFor(batch_ * rows_, [&](int64_t begin, int64_t end) {
    alignas(64) float sums[kRowsAtOnce * kPanelColumns];
    for (int64_t i = begin; i < end; ++i) {
      const int64_t n = i / rows_;
      RunRow(source + n * image_, weights, bias, y + n * out_image, i % rows_, sums);
    }
  });
}

}  // namespace convoy::compute
