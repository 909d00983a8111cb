#include <cmath>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

struct Moments {
  double mean = 0;
  double inverse_deviation = 1;
};

Moments MomentsOf(const NormalizeParams& params, std::span<const float> set) {
  const double count = static_cast<double>(set.size());
  Moments moments;
  if (params.kind == NormalizeKind::kMeanVariance) {
    for (const float x : set) moments.mean += x;
    moments.mean /= count;
  }
  double squares = 0;
  for (const float x : set) squares += (x - moments.mean) * (x - moments.mean);
  moments.inverse_deviation = 1 / std::sqrt(squares / count + params.epsilon);
  return moments;
}

double EntryOf(const TensorView& factor, const Shape& x, int64_t i) {
  const Affine affine = *AffineOf(factor.spec.shape, x);
  return factor.data<float>()[i / affine.inner % affine.period];
}

}  // namespace

void RunReference(const NormalizeParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const std::span<const float> x = inputs[0].data<float>();
  const Shape& shape = inputs[0].spec.shape;
  const int64_t extent = SetExtent(params, shape);
  for (int64_t set = 0; set < inputs[0].spec.elements() / extent; ++set) {
    const int64_t first = set * extent;
    const Moments moments = MomentsOf(params, x.subspan(first, extent));
    for (int64_t i = first; i < first + extent; ++i) {
      double y = (x[i] - moments.mean) * moments.inverse_deviation;
      if (params.has_scale) y *= EntryOf(inputs[1], shape, i);
      if (params.has_bias) y += EntryOf(inputs[params.bias_input()], shape, i);
      outputs[0].data<float>()[i] = static_cast<float>(y);
    }
    if (!params.statistics) continue;
    outputs[1].data<float>()[set] = static_cast<float>(moments.mean);
    outputs[2].data<float>()[set] = static_cast<float>(moments.inverse_deviation);
  }
}

}  // namespace convoy::compute
