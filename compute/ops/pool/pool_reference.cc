#include <cmath>
#include <limits>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

struct WindowSum {
  double sum = 0;  // of x, or of |x|^p
  double max = -std::numeric_limits<double>::infinity();
  Spatial place{};     // of the maximum
  int64_t inside = 0;  // taps inside the input
  int64_t padded = 0;  // taps inside the input or its explicit pads
};

void AddTap(const PoolParams& params, double value, const Spatial& place, WindowSum& result) {
  result.sum += params.kind == PoolKind::kLp
                    ? std::pow(std::abs(value), static_cast<double>(params.p))
                    : value;
  if (value > result.max || std::isnan(value) || result.inside == 0) {  // and a NaN stays
    result.max = value;
    result.place = place;
  }
  ++result.inside;
}

WindowSum SumWindow(const PoolParams& params, const float* plane, const Spatial& in,
                    const Spatial& at) {
  const Window& window = params.window;
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
    if (!inside) continue;
    AddTap(params, plane[(source[0] * in[1] + source[1]) * in[2] + source[2]], source, result);
  }
  return result;
}

double Result(const PoolParams& params, const WindowSum& window) {
  switch (params.kind) {
    case PoolKind::kMax:
      return window.max;
    case PoolKind::kAverage:
      return window.sum /
             static_cast<double>(params.count_include_pad ? window.padded : window.inside);
    case PoolKind::kLp:
      return std::pow(window.sum, 1.0 / static_cast<double>(params.p));
  }
  return 0;
}

int64_t IndexOf(PoolIndices order, const Spatial& place, const Spatial& in) {
  if (order == PoolIndices::kColumnMajor) return (place[2] * in[1] + place[1]) * in[0] + place[0];
  return (place[0] * in[1] + place[1]) * in[2] + place[2];
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
    const WindowSum window = SumWindow(params, plane, x.size, at);
    out[i] = static_cast<float>(Result(params, window));
    if (params.indices == PoolIndices::kNone) continue;
    outputs[1].data<int64_t>()[i] =
        i / y.pixels() * x.pixels() + IndexOf(params.indices, window.place, x.size);
  }
}

}  // namespace convoy::compute
