#include "compute/ops/elementwise/binary.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

const char* KindName(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return "add";
    case BinaryKind::kSub:
      return "sub";
    case BinaryKind::kMul:
      return "mul";
    case BinaryKind::kDiv:
      return "div";
  }
  return "";
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const BinaryParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Binary", inputs, 2, 2));
  CONVOY_RETURN_IF_ERROR(CheckActivation("Binary", params.activation));
  CONVOY_ASSIGN_OR_RETURN(const Shape y,
                          BroadcastShapes("Binary", inputs[0].shape, inputs[1].shape));
  return OneOutput("Binary", y);
}

OpCost EstimateCost(const BinaryParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const BinaryParams& params) {
  return JoinAttributes(
      {absl::StrFormat("kind=%s", KindName(params.kind)), AttributesOf(params.activation)});
}

}  // namespace convoy::compute
