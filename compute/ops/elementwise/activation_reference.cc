#include <algorithm>
#include <cmath>
#include <numbers>

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
    case ActivationKind::kElu:
      return activation.beta * (x > 0 ? x : activation.alpha * std::expm1(x));
    case ActivationKind::kCelu:
      return x > 0 ? x : activation.alpha * std::expm1(x / activation.alpha);
    case ActivationKind::kHardSigmoid:
      return std::clamp(activation.alpha * x + activation.beta, 0.0, 1.0);
    case ActivationKind::kHardSwish:
      return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
    case ActivationKind::kSwish:
      return x / (1 + std::exp(-activation.alpha * x));
    case ActivationKind::kGelu:
      return x / 2 * std::erfc(-x / std::numbers::sqrt2);
    case ActivationKind::kGeluTanh:
      return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case ActivationKind::kMish:
      return x * std::tanh(std::log1p(std::exp(x)));
    case ActivationKind::kSoftplus:
      return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
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
