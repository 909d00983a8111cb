#include "compute/ops/resize/resize.h"

#include <cmath>

#include "absl/strings/str_join.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

const char* TransformName(CoordinateTransform transform) {
  switch (transform) {
    case CoordinateTransform::kHalfPixel:
      return "half_pixel";
    case CoordinateTransform::kHalfPixelSymmetric:
      return "half_pixel_symmetric";
    case CoordinateTransform::kPytorchHalfPixel:
      return "pytorch_half_pixel";
    case CoordinateTransform::kAlignCorners:
      return "align_corners";
    case CoordinateTransform::kAsymmetric:
      return "asymmetric";
    case CoordinateTransform::kTfHalfPixelForNn:
      return "tf_half_pixel_for_nn";
    case CoordinateTransform::kTfCropAndResize:
      return "tf_crop_and_resize";
  }
  return "";
}

const char* RoundingName(NearestRounding rounding) {
  switch (rounding) {
    case NearestRounding::kRoundPreferFloor:
      return "round_prefer_floor";
    case NearestRounding::kRoundPreferCeil:
      return "round_prefer_ceil";
    case NearestRounding::kFloor:
      return "floor";
    case NearestRounding::kCeil:
      return "ceil";
  }
  return "";
}

const char* ModeName(ResizeMode mode) {
  switch (mode) {
    case ResizeMode::kNearest:
      return "nearest";
    case ResizeMode::kLinear:
      return "linear";
    case ResizeMode::kCubic:
      return "cubic";
  }
  return "";
}

// A size is the scaled extent, rounded down or to the nearest: else the tables could be far larger
// than both tensors.
absl::Status CheckScale(float scale, int64_t extent, int64_t size) {
  if (!std::isfinite(scale) || scale <= 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Resize scale is %g, but must be finite and greater than 0", scale));
  }
  const double scaled = double{scale} * static_cast<double>(extent);
  const double slack = 1e-6 * scaled;
  if (static_cast<double>(size) > scaled - 1 - slack &&
      static_cast<double>(size) <= scaled + 0.5 + slack) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("Resize makes %d of a dimension of %d, but its scale is %g, which makes %g",
                      size, extent, scale, scaled));
}

absl::Status CheckNumbers(const ResizeParams& params) {
  if (!std::isfinite(params.cubic_a)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Resize cubic_a is %g, but must be finite", params.cubic_a));
  }
  if (params.transform != CoordinateTransform::kTfCropAndResize) return absl::OkStatus();
  if (params.roi.size() != 2 * static_cast<size_t>(params.sizes.rank())) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Resize roi has %d entries, but a start and an end for each of %d dimensions are asked for",
        params.roi.size(), params.sizes.rank()));
  }
  for (const float bound : params.roi) {
    if (std::isfinite(bound)) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("Resize roi has a bound of %g, but all must be finite", bound));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const ResizeParams& params,
                                        std::span<const TensorSpec> inputs) {
  const bool moves = params.mode == ResizeMode::kNearest;
  CONVOY_RETURN_IF_ERROR(
      CheckInputs("Resize", inputs, 1, 1, moves ? ElementTypes::kAny : ElementTypes::kFloat));
  const Shape& x = inputs[0].shape;
  if (params.sizes.rank() != x.rank() || static_cast<int>(params.scales.size()) != x.rank()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Resize has %d sizes and %d scales, but each must have %d entries for the shape %s",
        params.sizes.rank(), params.scales.size(), x.rank(), x.ToString()));
  }
  CONVOY_RETURN_IF_ERROR(CheckExtent("Resize", "y", params.sizes));
  for (int i = 0; i < x.rank(); ++i) {
    CONVOY_RETURN_IF_ERROR(
        CheckScale(params.scales[static_cast<size_t>(i)], x[i], params.sizes[i]));
  }
  CONVOY_RETURN_IF_ERROR(CheckNumbers(params));
  return OneOutput("Resize", params.sizes, inputs[0].dtype);
}

OpCost EstimateCost(const ResizeParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double bytes = BytesOf(inputs, outputs);
  if (params.mode == ResizeMode::kNearest) return {0, bytes};
  // One multiply-add for each neighbour of each output.
  double flops = 2 * static_cast<double>(outputs[0].elements());
  for (int i = 0; i < inputs[0].shape.rank(); ++i) {
    if (inputs[0].shape[i] == outputs[0].shape[i]) continue;
    const float scale = params.scales[static_cast<size_t>(i)];
    flops *= params.mode == ResizeMode::kLinear ? 2 : 4;
    if (params.antialias && scale < 1) flops /= scale;
  }
  return {flops, bytes};
}

std::string AttributesOf(const ResizeParams& params) {
  const bool nearest = params.mode == ResizeMode::kNearest;
  const bool crops = params.transform == CoordinateTransform::kTfCropAndResize;
  return JoinAttributes({absl::StrFormat("mode=%s", ModeName(params.mode)),
                         params.transform == CoordinateTransform::kHalfPixel
                             ? ""
                             : absl::StrFormat("transform=%s", TransformName(params.transform)),
                         !nearest || params.rounding == NearestRounding::kRoundPreferFloor
                             ? ""
                             : absl::StrFormat("rounding=%s", RoundingName(params.rounding)),
                         params.mode == ResizeMode::kCubic && params.cubic_a != -0.75F
                             ? absl::StrFormat("cubic_a=%g", params.cubic_a)
                             : "",
                         params.exclude_outside ? "exclude_outside" : "",
                         params.antialias ? "antialias" : "",
                         crops ? absl::StrFormat("roi=%s", absl::StrJoin(params.roi, ",")) : "",
                         crops && params.extrapolation != 0
                             ? absl::StrFormat("extrapolation=%g", params.extrapolation)
                             : "",
                         absl::StrFormat("scales=%s", absl::StrJoin(params.scales, ",")),
                         absl::StrFormat("sizes=%s", params.sizes.ToString())});
}

}  // namespace convoy::compute
