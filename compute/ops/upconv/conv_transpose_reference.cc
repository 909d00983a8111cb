#include <optional>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// The input coordinate that reaches output coordinate `out` through tap k; none when the tap falls
// between input pixels or beyond them.
std::optional<int64_t> SourceOf(const Window& window, int axis, int64_t in_extent, int64_t out,
                                int64_t k) {
  const int64_t scaled = out + window.pads_begin[axis] - k * window.dilations[axis];
  if (scaled < 0 || scaled % window.strides[axis] != 0) return std::nullopt;
  const int64_t source = scaled / window.strides[axis];
  if (source >= in_extent) return std::nullopt;
  return source;
}

// The sum of x[c, pixel] * w[c, tap] over the channels of one group.
double SumChannels(const float* x, int64_t pixels, const float* w, int64_t w_stride,
                   int64_t channels) {
  double sum = 0;
  for (int64_t c = 0; c < channels; ++c) {
    sum += static_cast<double>(x[c * pixels]) * w[c * w_stride];
  }
  return sum;
}

}  // namespace

// The formula read backwards: instead of adding each input pixel to the outputs it reaches, each
// output gathers the inputs that reach it.
void RunReference(const ConvTransposeParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Window& window = params.window;
  const ImageDims x = ImageDimsOf(inputs[0].spec.shape);
  const ImageDims y = ImageDimsOf(outputs[0].spec.shape);
  const int64_t in_group = x.c / params.group;
  const int64_t out_group = y.c / params.group;
  const int64_t w_stride = out_group * window.taps();
  const std::span<float> out = outputs[0].data<float>();
  for (int64_t i = 0; i < static_cast<int64_t>(out.size()); ++i) {
    const int64_t plane = i / y.pixels();
    const int64_t n = plane / y.c;
    const int64_t m = plane % y.c;
    const int64_t first = m / out_group * in_group;
    const int64_t pixel = i % y.pixels();
    const Spatial at{pixel / (y.size[1] * y.size[2]), pixel / y.size[2] % y.size[1],
                     pixel % y.size[2]};
    const float* image = &inputs[0].data<float>()[(n * x.c + first) * x.pixels()];
    const float* filter =
        &inputs[1].data<float>()[first * w_stride + m % out_group * window.taps()];
    double sum = params.has_bias ? inputs[2].data<float>()[m] : 0.0F;
    for (int64_t tap = 0; tap < window.taps(); ++tap) {
      const int64_t kd = tap / (window.kernel[1] * window.kernel[2]);
      const int64_t kh = tap / window.kernel[2] % window.kernel[1];
      const auto d = SourceOf(window, 0, x.size[0], at[0], kd);
      const auto h = SourceOf(window, 1, x.size[1], at[1], kh);
      const auto w = SourceOf(window, 2, x.size[2], at[2], tap % window.kernel[2]);
      if (!d || !h || !w) continue;
      const int64_t source = (*d * x.size[1] + *h) * x.size[2] + *w;
      sum += SumChannels(image + source, x.pixels(), filter + tap, w_stride, in_group);
    }
    out[i] = static_cast<float>(Activate(sum, params.activation));
  }
}

}  // namespace convoy::compute
