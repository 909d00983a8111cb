#include "compute/ops/move/reshape.h"

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const ReshapeParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Reshape", inputs, 1, 1, ElementTypes::kAny));
  if (CheckedProduct(params.shape.dims()) != inputs[0].elements()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Reshape turns %s into %s, but both must have the same number of elements",
                        inputs[0].shape.ToString(), params.shape.ToString()));
  }
  return OneOutput("Reshape", params.shape, inputs[0].dtype);
}

OpCost EstimateCost(const ReshapeParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {0, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ReshapeParams& params) {
  return absl::StrFormat("shape=%s", params.shape.ToString());
}

}  // namespace convoy::compute
