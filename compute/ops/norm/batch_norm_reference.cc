#include <cmath>

#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const BatchNormParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = inputs[0].spec.shape;
  const int64_t channels = shape[1];
  const int64_t pixels = shape.elements() / (shape[0] * channels);
  const std::span<const float> x = inputs[0].data<float>();
  const std::span<float> y = outputs[0].data<float>();
  for (int64_t i = 0; i < static_cast<int64_t>(y.size()); ++i) {
    const int64_t c = i / pixels % channels;
    const double scale = inputs[1].data<float>()[c];
    const double bias = inputs[2].data<float>()[c];
    const double mean = inputs[3].data<float>()[c];
    const double variance = inputs[4].data<float>()[c];
    y[i] = static_cast<float>((x[i] - mean) / std::sqrt(variance + params.epsilon) * scale + bias);
  }
}

}  // namespace convoy::compute
