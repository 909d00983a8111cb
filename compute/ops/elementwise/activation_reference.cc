#include <algorithm>
#include <cmath>

#include "compute/ops/op.h"

namespace convoy::compute {

double Activate(double x, const ActivationParams& activation) {
  switch (activation.kind) {
    case ActivationKind::kNone:
      return x;
    case ActivationKind::kRelu:
      return x <= 0 ? 0 : x;
    case ActivationKind::kLeakyRelu:
      return x < 0 ? activation.alpha * x : x;
    case ActivationKind::kClip:
      // std::max and std::min return their first argument where it is NaN.
      return std::min(std::max(x, double{activation.alpha}), double{activation.beta});
    case ActivationKind::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case ActivationKind::kTanh:
      return std::tanh(x);
  }
  return x;
}

void RunReference(const ActivationParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const std::span<const float> x = inputs[0].data<float>();
  const std::span<float> y = outputs[0].data<float>();
  for (size_t i = 0; i < y.size(); ++i) y[i] = static_cast<float>(Activate(x[i], params));
}

}  // namespace convoy::compute
