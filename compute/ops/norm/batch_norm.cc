#include "compute/ops/norm/batch_norm.h"

#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const BatchNormParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("BatchNorm", inputs, 5, 5));
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("BatchNorm", "x", x, 2, 5));
  constexpr const char* kNames[] = {"x", "scale", "bias", "mean", "variance"};
  for (size_t i = 1; i < inputs.size(); ++i) {
    CONVOY_RETURN_IF_ERROR(CheckShape("BatchNorm", kNames[i], inputs[i].shape, {x[1]}));
  }
  if (!std::isfinite(params.epsilon) || params.epsilon < 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "BatchNorm epsilon is %g, but must be finite and at least 0", params.epsilon));
  }
  return OneOutput("BatchNorm", x);
}

OpCost EstimateCost(const BatchNormParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {2 * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const BatchNormParams& params) {
  return params == BatchNormParams{} ? "" : absl::StrFormat("epsilon=%g", params.epsilon);
}

}  // namespace convoy::compute
