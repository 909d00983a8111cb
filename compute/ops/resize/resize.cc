#include "compute/ops/resize/resize.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_join.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

float SourceCoordinate(CoordinateTransform transform, float out, float scale, int64_t in_extent,
                       int64_t out_extent) {
  switch (transform) {
    case CoordinateTransform::kHalfPixel:
      return (out + 0.5F) / scale - 0.5F;
    case CoordinateTransform::kPytorchHalfPixel:
      return out_extent == 1 ? 0 : (out + 0.5F) / scale - 0.5F;
    case CoordinateTransform::kAlignCorners:
      if (out_extent == 1) return 0;
      return out * static_cast<float>(in_extent - 1) / static_cast<float>(out_extent - 1);
    case CoordinateTransform::kAsymmetric:
      return out / scale;
  }
  return 0;
}

float Round(NearestRounding rounding, float x) {
  switch (rounding) {
    case NearestRounding::kRoundPreferFloor:
      return std::ceil(x - 0.5F);
    case NearestRounding::kRoundPreferCeil:
      return std::floor(x + 0.5F);
    case NearestRounding::kFloor:
      return std::floor(x);
    case NearestRounding::kCeil:
      return std::ceil(x);
  }
  return x;
}

const char* TransformName(CoordinateTransform transform) {
  switch (transform) {
    case CoordinateTransform::kHalfPixel:
      return "half_pixel";
    case CoordinateTransform::kPytorchHalfPixel:
      return "pytorch_half_pixel";
    case CoordinateTransform::kAlignCorners:
      return "align_corners";
    case CoordinateTransform::kAsymmetric:
      return "asymmetric";
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

}  // namespace

ResizeTap ResizeTapAt(const ResizeParams& params, int axis, int64_t in_extent, int64_t out) {
  const float source =
      SourceCoordinate(params.transform, static_cast<float>(out),
                       params.scales[static_cast<size_t>(axis)], in_extent, params.sizes[axis]);
  // Clamped twice: past 2^24 the last index may round up to one that is none.
  const int64_t last = in_extent - 1;
  const auto clamped = [&](float x) { return std::clamp(x, 0.0F, static_cast<float>(last)); };
  if (params.mode == ResizeMode::kNearest) {
    const int64_t nearest =
        std::min(static_cast<int64_t>(clamped(Round(params.rounding, source))), last);
    return {nearest, nearest, 0};
  }
  const int64_t low = std::min(static_cast<int64_t>(clamped(source)), last);
  return {low, std::min(low + 1, last), clamped(source) - static_cast<float>(low)};
}

absl::StatusOr<TensorSpecs> InferShapes(const ResizeParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Resize", inputs, 1, 1));
  const Shape& x = inputs[0].shape;
  if (params.sizes.rank() != x.rank() || static_cast<int>(params.scales.size()) != x.rank()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Resize has %d sizes and %d scales, but each must have %d entries for the shape %s",
        params.sizes.rank(), params.scales.size(), x.rank(), x.ToString()));
  }
  for (const float scale : params.scales) {
    if (std::isfinite(scale) && scale > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("Resize scale is %g, but must be finite and greater than 0", scale));
  }
  return OneOutput("Resize", params.sizes);
}

OpCost EstimateCost(const ResizeParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  double flops = 0;  // one multiply-add for each neighbour of each output
  if (params.mode == ResizeMode::kLinear) {
    flops = 2 * static_cast<double>(outputs[0].elements());
    for (int i = 0; i < inputs[0].shape.rank(); ++i) {
      if (inputs[0].shape[i] != outputs[0].shape[i]) flops *= 2;
    }
  }
  return {flops, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ResizeParams& params) {
  const bool nearest = params.mode == ResizeMode::kNearest;
  return JoinAttributes({nearest ? "mode=nearest" : "mode=linear",
                         params.transform == CoordinateTransform::kHalfPixel
                             ? ""
                             : absl::StrFormat("transform=%s", TransformName(params.transform)),
                         !nearest || params.rounding == NearestRounding::kRoundPreferFloor
                             ? ""
                             : absl::StrFormat("rounding=%s", RoundingName(params.rounding)),
                         absl::StrFormat("scales=%s", absl::StrJoin(params.scales, ",")),
                         absl::StrFormat("sizes=%s", params.sizes.ToString())});
}

}  // namespace convoy::compute
