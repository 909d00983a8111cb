#include <algorithm>
#include <cmath>

#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const LrnParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = inputs[0].spec.shape;
  const int64_t channels = shape[1];
  const int64_t pixels = shape.elements() / (shape[0] * channels);
  const std::span<const float> x = inputs[0].data<float>();
  const std::span<float> y = outputs[0].data<float>();
  for (int64_t i = 0; i < static_cast<int64_t>(y.size()); ++i) {
    const int64_t c = i / pixels % channels;
    const int64_t first = std::max<int64_t>(0, c - params.before());
    const int64_t last = std::min(channels - 1, c + params.after());
    double sum = 0;
    for (int64_t k = first; k <= last; ++k) {
      const double value = x[i + (k - c) * pixels];
      sum += value * value;
    }
    const double base = params.bias + params.alpha / static_cast<double>(params.size) * sum;
    y[i] = static_cast<float>(x[i] / std::pow(base, double{params.beta}));
  }
}

}  // namespace convoy::compute
