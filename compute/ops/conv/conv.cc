#include "compute/ops/conv/conv.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

absl::Status CheckGroups(int64_t group, int64_t in_channels, const Shape& weights) {
  if (group < 1 || in_channels % group != 0 || weights[0] % group != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Conv group is %d, but must divide the %d input channels and the %d output "
                        "channels",
                        group, in_channels, weights[0]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const ConvParams& params,
                                        std::span<const TensorSpec> inputs) {
  const size_t count = 2 + (params.has_bias ? 1 : 0) + (params.has_residual ? 1 : 0);
  CONVOY_RETURN_IF_ERROR(CheckInputs("Conv", inputs, count, count));
  CONVOY_RETURN_IF_ERROR(CheckActivation("Conv", params.activation));
  const Shape& x = inputs[0].shape;
  const Shape& w = inputs[1].shape;
  if (absl::Status status = ValidateWindow(params.window, x); !status.ok()) {
    return WithContext(status, "while checking Conv");
  }
  CONVOY_RETURN_IF_ERROR(CheckRank("Conv", "w", w, x.rank(), x.rank()));
  CONVOY_RETURN_IF_ERROR(CheckGroups(params.group, x[1], w));
  const ImageDims filter{w[0], x[1] / params.group, params.window.kernel};
  CONVOY_RETURN_IF_ERROR(CheckShape("Conv", "w", w, ImageShape(filter, params.window.rank)));
  if (params.has_bias) {
    CONVOY_RETURN_IF_ERROR(CheckShape("Conv", "b", inputs[2].shape, {w[0]}));
  }
  CONVOY_ASSIGN_OR_RETURN(const Shape y, SlideWindow("Conv", params.window, ImageDimsOf(x), w[0]));
  if (params.has_residual) {
    CONVOY_RETURN_IF_ERROR(CheckShape("Conv", "r", inputs.back().shape, y));
  }
  return OneOutput("Conv", y);
}

OpCost EstimateCost(const ConvParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double products = static_cast<double>(params.window.taps() * inputs[1].shape[1]);
  return {2 * products * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ConvParams& params) {
  return JoinAttributes({params.window.ToString(),
                         params.group == 1 ? "" : absl::StrFormat("group=%d", params.group),
                         params.has_residual ? "residual" : "", AttributesOf(params.activation)});
}

}  // namespace convoy::compute
