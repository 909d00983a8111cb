#include "compute/ops/elementwise/unary.h"

#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

absl::Status CheckType(UnaryKind kind, DType dtype) {
  const bool turns_sign =
      kind == UnaryKind::kAbs || kind == UnaryKind::kNeg || kind == UnaryKind::kSign;
  bool allowed = false;
  if (dtype == DType::kFloat32) {
    allowed = kind != UnaryKind::kNot;
  } else if (IsInteger(dtype)) {
    allowed = turns_sign || kind == UnaryKind::kNot;
  } else {
    allowed = kind == UnaryKind::kNot;
  }
  if (allowed) return absl::OkStatus();
  const char* types = turns_sign                ? "FP32 or an integer type"
                      : kind == UnaryKind::kNot ? "BOOL or an integer type"
                                                : "FP32";
  return absl::InvalidArgumentError(absl::StrFormat("Unary %s input 0 is %s, but must be %s",
                                                    kUnaryNames[static_cast<size_t>(kind)],
                                                    NameOf(dtype), types));
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const UnaryParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Unary", inputs, 1, 1, ElementTypes::kAny));
  CONVOY_RETURN_IF_ERROR(CheckType(params.kind, inputs[0].dtype));
  if (std::isnan(params.alpha) || std::isnan(params.beta)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Unary has the parameters %g and %g, but both must be numbers", params.alpha, params.beta));
  }
  const DType made = params.kind == UnaryKind::kIsNan ? DType::kBool : inputs[0].dtype;
  return OneOutput("Unary", inputs[0].shape, made);
}

OpCost EstimateCost(const UnaryParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const UnaryParams& params) {
  const std::string_view name = kUnaryNames[static_cast<size_t>(params.kind)];
  if (params.kind == UnaryKind::kThresholdedRelu) {
    return absl::StrFormat("kind=%s(%g)", name, params.alpha);
  }
  if (params.kind == UnaryKind::kShrink) {
    return absl::StrFormat("kind=%s(%g,%g)", name, params.alpha, params.beta);
  }
  return absl::StrFormat("kind=%s", name);
}

}  // namespace convoy::compute
