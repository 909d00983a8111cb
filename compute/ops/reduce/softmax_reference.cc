#include <algorithm>
#include <cmath>

#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const SoftmaxParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = inputs[0].spec.shape;
  const int64_t extent = shape[params.axis];
  const int64_t stride = StridesOf(shape)[params.axis];
  const std::span<const float> x = inputs[0].data<float>();
  const std::span<float> y = outputs[0].data<float>();
  const int64_t rows = shape.elements() / extent;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t first = row / stride * stride * extent + row % stride;
    double max = x[first];
    for (int64_t i = 1; i < extent; ++i) max = std::max(max, double{x[first + i * stride]});
    double sum = 0;
    for (int64_t i = 0; i < extent; ++i) sum += std::exp(x[first + i * stride] - max);
    bool found = false;
    for (int64_t i = 0; i < extent; ++i) {
      const double value = x[first + i * stride];
      const bool is_first_max = !found && value == max;
      found |= is_first_max;
      y[first + i * stride] = static_cast<float>(
          params.kind == SoftmaxKind::kHardmax      ? static_cast<double>(is_first_max)
          : params.kind == SoftmaxKind::kLogSoftmax ? value - max - std::log(sum)
                                                    : std::exp(value - max) / sum);
    }
  }
}

}  // namespace convoy::compute
