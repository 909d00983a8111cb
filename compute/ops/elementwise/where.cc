#include "compute/ops/elementwise/where.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const WhereParams&, std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Where", inputs, 3, 3, ElementTypes::kAny));
  CONVOY_RETURN_IF_ERROR(CheckOneType("Where", inputs.subspan(1)));
  if (inputs[0].dtype != DType::kBool) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Where has a condition of type %s, but it "
                        "must be BOOL",
                        NameOf(inputs[0].dtype)));
  }
  CONVOY_ASSIGN_OR_RETURN(const Shape values,
                          BroadcastShapes("Where", inputs[1].shape, inputs[2].shape));
  CONVOY_ASSIGN_OR_RETURN(const Shape y, BroadcastShapes("Where", inputs[0].shape, values));
  return OneOutput("Where", y, inputs[1].dtype);
}

OpCost EstimateCost(const WhereParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const WhereParams&) { return ""; }

}  // namespace convoy::compute
