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
  switch (params.kind) {
    case ActivationKind::kNone:
      return "";
    case ActivationKind::kRelu:
      return "act=relu";
    case ActivationKind::kLeakyRelu:
      return absl::StrFormat("act=leaky_relu(%g)", params.alpha);
    case ActivationKind::kClip:
      return absl::StrFormat("act=clip(%g,%g)", params.alpha, params.beta);
    case ActivationKind::kSigmoid:
      return "act=sigmoid";
    case ActivationKind::kTanh:
      return "act=tanh";
  }
  return "";
}

}  // namespace convoy::compute
