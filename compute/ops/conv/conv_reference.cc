#include <algorithm>
#include <array>

#include "compute/base/checked.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// Outputs of one row that are summed side by side, so that the compiler can use vectors.
constexpr int64_t kLanes = 32;
using Sums = std::array<double, kLanes>;

// sums[l] += x[(first + l)*stride - pad + offset] * w for the lanes whose pixel lies in the row.
void AddTap(const float* row, int64_t width, int64_t start, int64_t stride, int64_t lanes, double w,
            Sums& sums) {
  const int64_t first = start < 0 ? DivideUp(-start, stride) : 0;
  const int64_t last = start < width ? std::min(lanes, DivideUp(width - start, stride)) : 0;
  for (int64_t l = first; l < last; ++l) sums[l] += w * row[start + l * stride];
}

struct Operands {
  ImageDims x;
  int64_t channels;  // of one group
  std::span<const float> image, weights;
};

// The sums of the outputs [m, z, y, x .. x+lanes) of one image of the batch.
Sums SumWindow(const Window& window, const Operands& in, int64_t first_channel, int64_t m,
               const Spatial& at, int64_t lanes) {
  Sums sums{};
  for (int64_t c = 0; c < in.channels; ++c) {
    const float* plane = &in.image[(first_channel + c) * in.x.pixels()];
    const float* filter = &in.weights[(m * in.channels + c) * window.taps()];
    for (int64_t kd = 0; kd < window.kernel[0]; ++kd) {
      const int64_t d = at[0] * window.strides[0] - window.pads_begin[0] + kd * window.dilations[0];
      if (d < 0 || d >= in.x.size[0]) continue;
      for (int64_t kh = 0; kh < window.kernel[1]; ++kh) {
        const int64_t h =
            at[1] * window.strides[1] - window.pads_begin[1] + kh * window.dilations[1];
        if (h < 0 || h >= in.x.size[1]) continue;
        const float* row = plane + (d * in.x.size[1] + h) * in.x.size[2];
        const float* taps = filter + (kd * window.kernel[1] + kh) * window.kernel[2];
        for (int64_t kw = 0; kw < window.kernel[2]; ++kw) {
          const int64_t start =
              at[2] * window.strides[2] - window.pads_begin[2] + kw * window.dilations[2];
          AddTap(row, in.x.size[2], start, window.strides[2], lanes, taps[kw], sums);
        }
      }
    }
  }
  return sums;
}

}  // namespace

void RunReference(const ConvParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const ImageDims x = ImageDimsOf(inputs[0].spec.shape);
  const ImageDims y = ImageDimsOf(outputs[0].spec.shape);
  const std::span<float> out = outputs[0].data<float>();
  Operands in{x, x.c / params.group, {}, inputs[1].data<float>()};
  int64_t i = 0;
  for (int64_t n = 0; n < y.n; ++n) {
    in.image = inputs[0].data<float>().subspan(n * x.c * x.pixels(), x.c * x.pixels());
    for (int64_t m = 0; m < y.c; ++m) {
      const int64_t first_channel = m / (y.c / params.group) * in.channels;
      const double bias = params.has_bias ? inputs[2].data<float>()[m] : 0.0F;
      for (Spatial at{}; at[0] < y.size[0];
           at[1] + 1 < y.size[1] ? ++at[1] : (at[1] = 0, ++at[0])) {
        for (at[2] = 0; at[2] < y.size[2]; at[2] += kLanes) {
          const int64_t lanes = std::min(kLanes, y.size[2] - at[2]);
          const Sums sums = SumWindow(params.window, in, first_channel, m, at, lanes);
          for (int64_t l = 0; l < lanes; ++l, ++i) {
            const double residual = params.has_residual ? inputs.back().data<float>()[i] : 0.0F;
            out[i] = static_cast<float>(Activate(sums[l] + bias + residual, params.activation));
          }
        }
      }
    }
  }
}

}  // namespace convoy::compute
