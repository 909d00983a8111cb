#include "compute/ops/upconv/conv_transpose.h"

#include <algorithm>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

absl::Status CheckOutputPadding(const ConvTransposeParams& params) {
  for (int axis = 0; axis < 3; ++axis) {
    const bool absent = axis < 3 - params.window.rank;
    const int64_t limit =
        absent ? 1 : std::max(params.window.strides[axis], params.window.dilations[axis]);
    const int64_t given = params.output_padding[axis];
    if (given >= 0 && given < limit) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "ConvTranspose output_padding is %d, but must be at least 0 and less than %d, the larger "
        "of stride and dilation",
        given, limit));
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> OutputShape(const ConvTransposeParams& params, const ImageDims& x,
                                  int64_t out_channels) {
  const Window& window = params.window;
  ImageDims y{x.n, out_channels, {}};
  for (int axis = 0; axis < 3; ++axis) {
    // No overflow: extents are at most kMaxTensorElements and strides at most kMaxWindowExtent.
    const int64_t full = window.strides[axis] * (x.size[axis] - 1) + window.extent(axis) +
                         params.output_padding[axis];
    const int64_t pads = window.pads_begin[axis] + window.pads_end[axis];
    if (full <= pads) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "ConvTranspose pads remove %d pixels of %d, but must leave at least 1", pads, full));
    }
    y.size[axis] = full - pads;
  }
  return ImageShape(y, window.rank);
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const ConvTransposeParams& params,
                                        std::span<const TensorSpec> inputs) {
  const size_t count = params.has_bias ? 3 : 2;
  CONVOY_RETURN_IF_ERROR(CheckInputs("ConvTranspose", inputs, count, count));
  CONVOY_RETURN_IF_ERROR(CheckActivation("ConvTranspose", params.activation));
  const Shape& x = inputs[0].shape;
  const Shape& w = inputs[1].shape;
  if (absl::Status status = ValidateWindow(params.window, x); !status.ok()) {
    return WithContext(status, "while checking ConvTranspose");
  }
  CONVOY_RETURN_IF_ERROR(CheckOutputPadding(params));
  CONVOY_RETURN_IF_ERROR(CheckRank("ConvTranspose", "w", w, x.rank(), x.rank()));
  if (params.group < 1 || x[1] % params.group != 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "ConvTranspose group is %d, but must divide the %d input channels", params.group, x[1]));
  }
  const ImageDims filter{x[1], w[1], params.window.kernel};
  CONVOY_RETURN_IF_ERROR(
      CheckShape("ConvTranspose", "w", w, ImageShape(filter, params.window.rank)));
  const std::optional<int64_t> out_channels = CheckedMultiply(w[1], params.group);
  if (!out_channels.has_value()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "ConvTranspose has %d groups of %d output channels, which exceeds the limit of %d",
        params.group, w[1], kMaxTensorElements));
  }
  if (params.has_bias) {
    CONVOY_RETURN_IF_ERROR(CheckShape("ConvTranspose", "b", inputs[2].shape, {*out_channels}));
  }
  CONVOY_ASSIGN_OR_RETURN(const Shape y, OutputShape(params, ImageDimsOf(x), *out_channels));
  return OneOutput("ConvTranspose", y);
}

OpCost EstimateCost(const ConvTransposeParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double products = static_cast<double>(params.window.taps() * inputs[1].shape[1]);
  return {2 * products * static_cast<double>(inputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ConvTransposeParams& params) {
  const bool extended = params.output_padding != Spatial{0, 0, 0};
  const std::span<const int64_t> output_padding =
      std::span<const int64_t>(params.output_padding).last(params.window.rank);
  return JoinAttributes(
      {params.window.ToString(),
       extended ? absl::StrFormat("output_padding=%s", ListText(output_padding)) : "",
       params.group == 1 ? "" : absl::StrFormat("group=%d", params.group),
       AttributesOf(params.activation)});
}

}  // namespace convoy::compute
