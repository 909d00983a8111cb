#include "compute/ops/elementwise/activation.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const ActivationParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Activation", inputs, 1, 1));
  CONVOY_RETURN_IF_ERROR(CheckActivation("Activation", params));
  return OneOutput("Activation", inputs[0].shape);
}

OpCost EstimateCost(const ActivationParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ActivationParams& params) {
  const std::string_view name = kActivationNames[static_cast<size_t>(params.kind)];
  switch (params.kind) {
    case ActivationKind::kNone:
      return "";
    case ActivationKind::kLeakyRelu:
    case ActivationKind::kCelu:
    case ActivationKind::kSwish:
      return absl::StrFormat("act=%s(%g)", name, params.alpha);
    case ActivationKind::kClip:
    case ActivationKind::kElu:
    case ActivationKind::kHardSigmoid:
      return absl::StrFormat("act=%s(%g,%g)", name, params.alpha, params.beta);
    default:
      return absl::StrFormat("act=%s", name);
  }
}

}  // namespace convoy::compute
