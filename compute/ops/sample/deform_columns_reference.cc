#include <cmath>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// Between the four pixels around (h, w); zeros lie outside.
double Interpolate(const float* image, int64_t height, int64_t width, float h, float w) {
  const bool reaches =
      h > -1 && w > -1 && h < static_cast<float>(height) && w < static_cast<float>(width);
  if (!reaches) return 0;
  const auto top = static_cast<int64_t>(std::floor(h));
  const auto left = static_cast<int64_t>(std::floor(w));
  double sum = 0;
  for (int64_t i = top; i < top + 2; ++i) {
    for (int64_t k = left; k < left + 2; ++k) {
      if (i < 0 || k < 0 || i >= height || k >= width) continue;
      const double weight = (1 - std::abs(double{h} - static_cast<double>(i))) *
                            (1 - std::abs(double{w} - static_cast<double>(k)));
      if (weight != 0) sum += weight * image[i * width + k];
    }
  }
  return sum;
}

}  // namespace

void RunReference(const DeformColumnsParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& x = inputs[0].spec.shape;
  const Shape& y = outputs[0].spec.shape;
  const Window& window = params.window;
  const int64_t taps = window.taps();
  const int64_t pixels = y[2] * y[3];
  const float* offset = inputs[1].data<float>().data();
  float* value = outputs[0].data<float>().data();
  for (int64_t plane = 0; plane < x[0] * x[1] * taps; ++plane) {
    const int64_t k = plane % taps;
    const int64_t c = plane / taps % x[1];
    const int64_t n = plane / taps / x[1];
    const int64_t g = c * params.offset_group / x[1];
    const int64_t field = ((n * params.offset_group + g) * taps + k) * pixels;
    const int64_t dh = k / window.kernel[2] * window.dilations[1] - window.pads_begin[1];
    const int64_t dw = k % window.kernel[2] * window.dilations[2] - window.pads_begin[2];
    const float* image = inputs[0].data<float>().data() + (n * x[1] + c) * x[2] * x[3];
    for (int64_t i = 0; i < pixels; ++i) {
      const float h = static_cast<float>(i / y[3] * window.strides[1] + dh) + offset[2 * field + i];
      const float w =
          static_cast<float>(i % y[3] * window.strides[2] + dw) + offset[2 * field + pixels + i];
      const double mask = params.has_mask ? inputs[2].data<float>()[field + i] : 1;
      *value++ = static_cast<float>(mask * Interpolate(image, x[2], x[3], h, w));
    }
  }
}

}  // namespace convoy::compute
