#include "compute/ops/reduce/cum_sum.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const CumSumParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("CumSum", inputs, 1, 1, ElementTypes::kNumbers));
  CONVOY_RETURN_IF_ERROR(CheckAxis("CumSum", params.axis, inputs[0].shape.rank()));
  if (SizeOf(inputs[0].dtype) < 4) {
    return absl::InvalidArgumentError(
        absl::StrFormat("CumSum is given %s, but takes FP32 and 32-bit and 64-bit integers",
                        NameOf(inputs[0].dtype)));
  }
  return OneOutput("CumSum", inputs[0].shape, inputs[0].dtype);
}

OpCost EstimateCost(const CumSumParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(inputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const CumSumParams& params) {
  return JoinAttributes({absl::StrFormat("axis=%d", params.axis),
                         params.exclusive ? "exclusive" : "", params.reverse ? "reverse" : ""});
}

}  // namespace convoy::compute
