#include <cmath>
#include <limits>

#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const GlobalPoolParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const int64_t pixels = ImageDimsOf(inputs[0].spec.shape).pixels();
  const float* plane = inputs[0].data<float>().data();
  for (float& y : outputs[0].data<float>()) {
    double sum = 0;
    double max = -std::numeric_limits<double>::infinity();
    for (int64_t i = 0; i < pixels; ++i) {
      sum += plane[i];
      if (plane[i] > max || std::isnan(plane[i])) max = plane[i];  // and a NaN stays
    }
    y = static_cast<float>(params.kind == PoolKind::kMax ? max : sum / static_cast<double>(pixels));
    plane += pixels;
  }
}

}  // namespace convoy::compute
