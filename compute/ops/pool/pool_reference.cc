#include <cmath>
#include <limits>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

struct WindowSum {
  double sum = 0;
  double max = -std::numeric_limits<double>::infinity();
  int64_t inside = 0;  // taps inside the input
  int64_t padded = 0;  // taps inside the input or its explicit pads
};

void AddTap(double value, WindowSum& result) {
  result.sum += value;
  if (value > result.max || std::isnan(value)) result.max = value;  // and a NaN stays
  ++result.inside;
}

WindowSum SumWindow(const Window& window, const float* plane, const Spatial& in,
                    const Spatial& at) {
  WindowSum result;
  for (int64_t tap = 0; tap < window.taps(); ++tap) {
    const Spatial k{tap / (window.kernel[1] * window.kernel[2]),
                    tap / window.kernel[2] % window.kernel[1], tap % window.kernel[2]};
    bool inside = true;
    bool padded = true;
    Spatial source{};
    for (int axis = 0; axis < 3; ++axis) {
      source[axis] = at[axis] * window.strides[axis] - window.pads_begin[axis] +
                     k[axis] * window.dilations[axis];
      inside &= source[axis] >= 0 && source[axis] < in[axis];
      padded &= source[axis] < in[axis] + window.pads_end[axis];
    }
    result.padded += padded ? 1 : 0;
    if (inside) AddTap(plane[(source[0] * in[1] + source[1]) * in[2] + source[2]], result);
  }
  return result;
}

}  // namespace

void RunReference(const PoolParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const ImageDims x = ImageDimsOf(inputs[0].spec.shape);
  const ImageDims y = ImageDimsOf(outputs[0].spec.shape);
  const std::span<float> out = outputs[0].data<float>();
  for (int64_t i = 0; i < static_cast<int64_t>(out.size()); ++i) {
    const float* plane = &inputs[0].data<float>()[i / y.pixels() * x.pixels()];
    const int64_t pixel = i % y.pixels();
    const Spatial at{pixel / (y.size[1] * y.size[2]), pixel / y.size[2] % y.size[1],
                     pixel % y.size[2]};
    const WindowSum window = SumWindow(params.window, plane, x.size, at);
    const int64_t divisor = params.count_include_pad ? window.padded : window.inside;
    out[i] = static_cast<float>(
        params.kind == PoolKind::kMax ? window.max : window.sum / static_cast<double>(divisor));
  }
}

}  // namespace convoy::compute
