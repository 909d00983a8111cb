#include "compute/ops/sample/max_roi_pool.h"

#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const MaxRoiPoolParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("MaxRoiPool", inputs, 2, 2));
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("MaxRoiPool", "x", x, 4, 4));
  CONVOY_RETURN_IF_ERROR(CheckRank("MaxRoiPool", "rois", inputs[1].shape, 2, 2));
  const int64_t rois = inputs[1].shape[0];
  CONVOY_RETURN_IF_ERROR(CheckShape("MaxRoiPool", "rois", inputs[1].shape, {rois, 5}));
  if (!std::isfinite(params.spatial_scale) || params.spatial_scale <= 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("MaxRoiPool spatial_scale is %g, but must be finite and greater than 0",
                        params.spatial_scale));
  }
  for (const int64_t bins : {params.output_height, params.output_width}) {
    if (bins >= 1 && bins <= kMaxRoiBins) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("MaxRoiPool makes %d bins, but may make 1 to %d", bins, kMaxRoiBins));
  }
  return OneOutput("MaxRoiPool", {rois, x[1], params.output_height, params.output_width});
}

OpCost EstimateCost(const MaxRoiPoolParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  // As if the boxes covered a quarter of the image each.
  const Shape& x = inputs[0].shape;
  const double pixels =
      static_cast<double>(inputs[1].shape[0] * x[1]) * static_cast<double>(x[2] * x[3]);
  return {pixels / 4, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const MaxRoiPoolParams& params) {
  return JoinAttributes(
      {absl::StrFormat("size=%dx%d", params.output_height, params.output_width),
       params.spatial_scale == 1 ? "" : absl::StrFormat("scale=%g", params.spatial_scale)});
}

}  // namespace convoy::compute
