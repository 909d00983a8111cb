#include "compute/ops/elementwise/cast.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const CastParams& params,
                                        std::span<const TensorSpec> inputs) {
  if (inputs.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Cast is given %d inputs, but takes 1", inputs.size()));
  }
  CONVOY_RETURN_IF_ERROR(CheckExtent("Cast", "input 0", inputs[0].shape));
  return OneOutput("Cast", inputs[0].shape, params.to);
}

OpCost EstimateCost(const CastParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const CastParams& params) {
  return absl::StrFormat("to=%s", NameOf(params.to));
}

}  // namespace convoy::compute
