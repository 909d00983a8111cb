#include "compute/ops/reduce/softmax.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const SoftmaxParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Softmax", inputs, 1, 1));
  CONVOY_RETURN_IF_ERROR(CheckAxis("Softmax", params.axis, inputs[0].shape.rank()));
  return OneOutput("Softmax", inputs[0].shape);
}

OpCost EstimateCost(const SoftmaxParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  // Maximum, difference, exponential, sum and quotient.
  return {5 * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const SoftmaxParams& params) {
  constexpr const char* kKinds[] = {"", "kind=log_softmax", "kind=hardmax"};
  return JoinAttributes(
      {absl::StrFormat("axis=%d", params.axis), kKinds[static_cast<size_t>(params.kind)]});
}

}  // namespace convoy::compute
