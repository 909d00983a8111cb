#include <cmath>
#include <limits>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

double PoolWindow(PoolKind kind, const float* plane, const Spatial& in, const Spatial& begin,
                  const Spatial& end) {
  double sum = 0;
  double max = -std::numeric_limits<double>::infinity();
  int64_t count = 0;
  for (int64_t z = begin[0]; z < end[0]; ++z) {
    for (int64_t y = begin[1]; y < end[1]; ++y) {
      for (int64_t x = begin[2]; x < end[2]; ++x) {
        const double value = plane[(z * in[1] + y) * in[2] + x];
        sum += value;
        if (value > max || std::isnan(value)) max = value;  // and a NaN stays
        ++count;
      }
    }
  }
  return kind == PoolKind::kMax ? max : sum / static_cast<double>(count);
}

}  // namespace

void RunReference(const AdaptivePoolParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const ImageDims x = ImageDimsOf(inputs[0].spec.shape);
  const ImageDims y = ImageDimsOf(outputs[0].spec.shape);
  const std::span<float> out = outputs[0].data<float>();
  for (int64_t i = 0; i < static_cast<int64_t>(out.size()); ++i) {
    const float* plane = &inputs[0].data<float>()[i / y.pixels() * x.pixels()];
    const int64_t pixel = i % y.pixels();
    const Spatial at{pixel / (y.size[1] * y.size[2]), pixel / y.size[2] % y.size[1],
                     pixel % y.size[2]};
    Spatial begin{}, end{};
    for (int axis = 0; axis < 3; ++axis) {
      begin[axis] = AdaptiveBegin(at[axis], x.size[axis], y.size[axis]);
      end[axis] = AdaptiveEnd(at[axis], x.size[axis], y.size[axis]);
    }
    out[i] = static_cast<float>(PoolWindow(params.kind, plane, x.size, begin, end));
  }
}

}  // namespace convoy::compute
