// Convolution as a matrix product without the matrix: every output pixel is a row whose elements
// lie at fixed offsets from its first one, so the rows are read where they are. For what oneDNN has
// no good AVX2 kernel for:
//
//   - few input channels (a network's first layers): rows start in the image, which is padded
//   first;
//   - up-convolution whose kernel is its stride (U-Net): each tap is a 1x1 convolution into every
//     stride-th pixel.
//
// Output in blocks of 8 channels. Needs AVX2 with FMA. Pure, and plain values but for Run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compute/ops/conv/conv.h"
#include "compute/ops/elementwise/vector_activation.h"
#include "compute/ops/upconv/conv_transpose.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

class PanelConv {
 public:
  // nullopt where the layer is none of the above. `x` and `y` are [N, C, H, W].
  static std::optional<PanelConv> ForFewChannels(const ConvParams& params, const Shape& x,
                                                 const Shape& y);
  static std::optional<PanelConv> ForUpconv(const ConvTransposeParams& params, const Shape& x,
                                            const Shape& y);
  // Why they give nullopt, as one clause; empty where they do not.
  static std::string_view FewChannelsObjection(const ConvParams& params, const Shape& x,
                                               const Shape& y);
  static std::string_view UpconvObjection(const ConvTransposeParams& params, const Shape& x,
                                          const Shape& y);

  // Weights in panels, made from ONNX's [M, C, kh, kw], or [C, M, kh, kw] for an up-convolution.
  int64_t weight_floats() const;
  void MakeWeights(std::span<const float> weights, std::span<float> made) const;
  // Bias filled up to whole panels.
  void PadBias(std::span<const float> bias, std::span<float> padded) const;
  int64_t bias_floats() const { return panels() * 16; }
  int64_t scratch_floats() const { return batch_ * padded_image_; }  // the padded images

  // x is row-major for few channels, in blocks of 8 for an up-convolution; y in blocks of 8. bias
  // from PadBias, or null.
  void Run(const float* x, const float* weights, const float* bias, float* y, float* scratch) const;

 private:
  PanelConv() = default;
  int64_t depth() const { return static_cast<int64_t>(offsets_.size()); }
  int64_t panels() const { return (out_channels_ + 15) / 16; }
  void Pad(const float* x, float* padded) const;
  void RunRow(const float* image, const float* weights, const float* bias, float* y, int64_t row,
              float* sums) const;

  int64_t batch_ = 0;
  int64_t in_channels_ = 0, height_ = 0, width_ = 0;
  int64_t out_channels_ = 0, out_height_ = 0, out_width_ = 0;
  VectorActivation activation_;
  bool upconv_ = false;

  // Padding of the source, and floats of an image in it; 0 where x itself is the source.
  int64_t pad_top_ = 0, pad_left_ = 0, padded_height_ = 0, padded_width_ = 0;
  int64_t padded_image_ = 0;
  int64_t image_ = 0;  // floats of an image in the source

  std::vector<int32_t> offsets_;            // of a row's elements
  int64_t rows_ = 0, columns_ = 0;          // pixels of one phase
  int64_t row_step_ = 0, column_step_ = 0;  // floats between their first elements
  int64_t phases_y_ = 1, phases_x_ = 1;     // outputs of a pixel: the taps of an up-convolution
};

}  // namespace convoy::compute
