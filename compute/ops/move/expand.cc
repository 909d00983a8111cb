#include "compute/ops/move/expand.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const ExpandParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Expand", inputs, 1, 1, ElementTypes::kAny));
  CONVOY_ASSIGN_OR_RETURN(const Shape y, BroadcastShapes("Expand", inputs[0].shape, params.shape));
  CONVOY_RETURN_IF_ERROR(CheckShape("Expand", "x, stretched,", y, params.shape));
  return OneOutput("Expand", y, inputs[0].dtype);
}

OpCost EstimateCost(const ExpandParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {0, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ExpandParams& params) {
  return absl::StrFormat("shape=%s", params.shape.ToString());
}

}  // namespace convoy::compute
