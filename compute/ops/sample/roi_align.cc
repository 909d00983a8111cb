#include "compute/ops/sample/roi_align.h"

#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

// A bin looks at this many places along a dimension at most.
constexpr int64_t kMaxSamplingRatio = 1024;

absl::Status CheckNumbers(const RoiAlignParams& params) {
  if (params.sampling_ratio < 0 || params.sampling_ratio > kMaxSamplingRatio) {
    return absl::InvalidArgumentError(
        absl::StrFormat("RoiAlign sampling_ratio is %d, but must be 0 to %d", params.sampling_ratio,
                        kMaxSamplingRatio));
  }
  if (std::isfinite(params.spatial_scale) && params.spatial_scale > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "RoiAlign spatial_scale is %g, but must be finite and greater than 0", params.spatial_scale));
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const RoiAlignParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("RoiAlign", inputs, 3, 3, ElementTypes::kNumbers));
  CONVOY_RETURN_IF_ERROR(CheckInputs("RoiAlign", inputs.first(2), 2, 2));
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("RoiAlign", "x", x, 4, 4));
  CONVOY_RETURN_IF_ERROR(CheckRank("RoiAlign", "batch", inputs[2].shape, 1, 1));
  const int64_t rois = inputs[2].shape[0];
  CONVOY_RETURN_IF_ERROR(CheckShape("RoiAlign", "rois", inputs[1].shape, {rois, 4}));
  if (IsFloat(inputs[2].dtype)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("RoiAlign batch is %s, but must be integers", inputs[2].ToString()));
  }
  CONVOY_RETURN_IF_ERROR(CheckNumbers(params));
  return OneOutput("RoiAlign", {rois, x[1], params.output_height, params.output_width});
}

OpCost EstimateCost(const RoiAlignParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  // Eight flops a place; four places a bin where the box decides.
  const double ratio = params.sampling_ratio == 0 ? 2 : static_cast<double>(params.sampling_ratio);
  return {8 * ratio * ratio * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const RoiAlignParams& params) {
  return JoinAttributes(
      {params.mode == RoiAlignMode::kMax ? "mode=max" : "mode=average",
       absl::StrFormat("size=%dx%d", params.output_height, params.output_width),
       params.sampling_ratio == 0 ? "" : absl::StrFormat("ratio=%d", params.sampling_ratio),
       params.spatial_scale == 1 ? "" : absl::StrFormat("scale=%g", params.spatial_scale),
       params.half_pixel ? "" : "output_half_pixel"});
}

}  // namespace convoy::compute
