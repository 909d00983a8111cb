#include "compute/ops/elementwise/binary.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

bool Takes(BinaryKind kind, DType dtype) {
  switch (kind) {
    case BinaryKind::kEqual:
      return true;
    case BinaryKind::kPRelu:
      return dtype == DType::kFloat32;
    case BinaryKind::kMod:
      return IsInteger(dtype);
    case BinaryKind::kAnd:
    case BinaryKind::kOr:
    case BinaryKind::kXor:
      return dtype == DType::kBool || IsInteger(dtype);
    case BinaryKind::kShiftLeft:
    case BinaryKind::kShiftRight:
      return IsInteger(dtype) && IsUnsigned(dtype);
    default:
      return dtype != DType::kBool;
  }
}

std::string_view NameOfKind(BinaryKind kind) { return kBinaryNames[static_cast<size_t>(kind)]; }

absl::Status CheckTypes(const BinaryParams& params, DType dtype, DType made) {
  if (!Takes(params.kind, dtype)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Binary %s does not exist for elements of type %s", NameOfKind(params.kind),
                        NameOf(dtype)));
  }
  if (made != DType::kFloat32 && params.activation.kind != ActivationKind::kNone) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Binary %s makes %s, but only FP32 takes an activation",
                        NameOfKind(params.kind), NameOf(made)));
  }
  return CheckActivation("Binary", params.activation);
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const BinaryParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Binary", inputs, 2, 2, ElementTypes::kAny));
  CONVOY_RETURN_IF_ERROR(CheckOneType("Binary", inputs));
  const DType made = IsComparison(params.kind) ? DType::kBool : inputs[0].dtype;
  CONVOY_RETURN_IF_ERROR(CheckTypes(params, inputs[0].dtype, made));
  CONVOY_ASSIGN_OR_RETURN(const Shape y,
                          BroadcastShapes("Binary", inputs[0].shape, inputs[1].shape));
  if (params.kind == BinaryKind::kPRelu && y != inputs[0].shape) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Binary prelu has slopes of shape %s, which do not stretch to the shape %s",
                        inputs[1].shape.ToString(), inputs[0].shape.ToString()));
  }
  return OneOutput("Binary", y, made);
}

OpCost EstimateCost(const BinaryParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const BinaryParams& params) {
  return JoinAttributes(
      {absl::StrFormat("kind=%s", NameOfKind(params.kind)), AttributesOf(params.activation)});
}

}  // namespace convoy::compute
