#include "compute/ops/sample/deform_columns.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const DeformColumnsParams& params,
                                        std::span<const TensorSpec> inputs) {
  const size_t count = params.has_mask ? 3 : 2;
  CONVOY_RETURN_IF_ERROR(CheckInputs("DeformColumns", inputs, count, count));
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("DeformColumns", "x", x, 4, 4));
  if (absl::Status status = ValidateWindow(params.window, x); !status.ok()) {
    return WithContext(status, "while checking DeformColumns");
  }
  if (params.offset_group < 1 || x[1] % params.offset_group != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("DeformColumns offset_group is %d, but must divide the %d channels",
                        params.offset_group, x[1]));
  }
  const int64_t taps = params.window.taps();
  CONVOY_ASSIGN_OR_RETURN(const Shape y,
                          SlideWindow("DeformColumns", params.window, ImageDimsOf(x), x[1] * taps));
  const int64_t places = params.offset_group * taps;
  CONVOY_RETURN_IF_ERROR(
      CheckShape("DeformColumns", "offset", inputs[1].shape, {x[0], 2 * places, y[2], y[3]}));
  if (params.has_mask) {
    CONVOY_RETURN_IF_ERROR(
        CheckShape("DeformColumns", "mask", inputs[2].shape, {x[0], places, y[2], y[3]}));
  }
  return OneOutput("DeformColumns", y);
}

OpCost EstimateCost(const DeformColumnsParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {8 * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const DeformColumnsParams& params) {
  return JoinAttributes(
      {params.window.ToString(),
       params.offset_group == 1 ? "" : absl::StrFormat("offset_group=%d", params.offset_group),
       params.has_mask ? "mask" : ""});
}

}  // namespace convoy::compute
