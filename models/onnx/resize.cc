// Resize (opsets 10, 11 and later) and Upsample (7 to 9).
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "compute/base/quote.h"
#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::CoordinateTransform;
using compute::NearestRounding;
using compute::Quote;
using compute::ResizeMode;
using compute::ResizeParams;
using compute::Shape;

absl::StatusOr<ResizeMode> ReadMode(NodeImport& node) {
  const std::string mode = node.String("mode", "nearest");
  if (mode == "nearest") return ResizeMode::kNearest;
  if (mode == "linear" || mode == "bilinear") return ResizeMode::kLinear;
  if (mode == "cubic") return ResizeMode::kCubic;
  return absl::InvalidArgumentError(
      absl::StrFormat("mode is %s; there are nearest, linear and cubic", Quote(mode)));
}

absl::StatusOr<CoordinateTransform> ReadTransform(NodeImport& node) {
  const std::string name = node.String("coordinate_transformation_mode", "half_pixel");
  if (name == "half_pixel") return CoordinateTransform::kHalfPixel;
  if (name == "half_pixel_symmetric") return CoordinateTransform::kHalfPixelSymmetric;
  if (name == "pytorch_half_pixel") return CoordinateTransform::kPytorchHalfPixel;
  if (name == "align_corners") return CoordinateTransform::kAlignCorners;
  if (name == "asymmetric") return CoordinateTransform::kAsymmetric;
  if (name == "tf_half_pixel_for_nn") return CoordinateTransform::kTfHalfPixelForNn;
  if (name == "tf_crop_and_resize") return CoordinateTransform::kTfCropAndResize;
  return absl::InvalidArgumentError(
      absl::StrFormat("coordinate_transformation_mode %s does not exist", Quote(name)));
}

absl::StatusOr<NearestRounding> ReadRounding(NodeImport& node) {
  const std::string name = node.String("nearest_mode", "round_prefer_floor");
  if (name == "round_prefer_floor") return NearestRounding::kRoundPreferFloor;
  if (name == "round_prefer_ceil") return NearestRounding::kRoundPreferCeil;
  if (name == "floor") return NearestRounding::kFloor;
  if (name == "ceil") return NearestRounding::kCeil;
  return absl::InvalidArgumentError(absl::StrFormat("nearest_mode %s does not exist", Quote(name)));
}

// Spreads one value an entry of `axes` over all dimensions.
template <typename T>
absl::StatusOr<std::vector<T>> Spread(const std::vector<T>& values, const std::vector<int>& axes,
                                      std::vector<T> result) {
  if (values.size() != axes.size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "scales, sizes or roi have %d values where %d are asked for", values.size(), axes.size()));
  }
  for (size_t i = 0; i < axes.size(); ++i) result[static_cast<size_t>(axes[i])] = values[i];
  return result;
}

absl::Status UseScales(const Shape& x, const std::vector<float>& scales, ResizeParams& params) {
  params.scales = scales;
  for (int i = 0; i < x.rank(); ++i) {
    const float scale = scales[static_cast<size_t>(i)];
    const float extent = std::floor(static_cast<float>(x[i]) * scale);
    if (!(scale > 0) || !(extent >= 1) || extent > float{compute::kMaxTensorElements}) {
      return absl::InvalidArgumentError(
          absl::StrFormat("scale %g makes a dimension of %d out of range", scale, x[i]));
    }
    params.sizes.Append(static_cast<int64_t>(extent));
  }
  return absl::OkStatus();
}

// One scale for all of `axes`, so that the image keeps its aspect ratio inside or around `sizes`.
absl::Status UseOneScale(const Shape& x, const std::vector<int64_t>& sizes,
                         const std::vector<int>& axes, bool inside, ResizeParams& params) {
  const auto scale_of = [&](int axis) {
    return static_cast<float>(sizes[static_cast<size_t>(axis)]) / static_cast<float>(x[axis]);
  };
  float scale = scale_of(axes[0]);
  for (const int axis : axes) {
    scale = inside ? std::min(scale, scale_of(axis)) : std::max(scale, scale_of(axis));
  }
  params.scales.assign(static_cast<size_t>(x.rank()), 1);
  params.sizes = x;
  for (const int axis : axes) {
    params.scales[static_cast<size_t>(axis)] = scale;
    const float extent = std::floor(scale * static_cast<float>(x[axis]) + 0.5F);
    if (!(extent >= 1) || extent > float{compute::kMaxTensorElements}) {
      return absl::InvalidArgumentError(
          absl::StrFormat("scale %g makes a dimension of %d out of range", scale, x[axis]));
    }
    params.sizes[axis] = static_cast<int64_t>(extent);
  }
  return absl::OkStatus();
}

absl::Status UseSizes(const Shape& x, const std::vector<int64_t>& sizes, ResizeParams& params) {
  for (int i = 0; i < x.rank(); ++i) {
    const int64_t size = sizes[static_cast<size_t>(i)];
    if (size < 1 || size > compute::kMaxTensorElements) {
      return absl::InvalidArgumentError(absl::StrFormat("a size of %d is out of range", size));
    }
    params.sizes.Append(size);
    params.scales.push_back(static_cast<float>(size) / static_cast<float>(x[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int>> ReadResizeAxes(NodeImport& node, int rank) {
  std::vector<int> axes;
  for (const int64_t axis : node.Ints("axes")) {
    CONVOY_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis, rank));
    axes.push_back(resolved);
  }
  if (axes.empty()) {
    axes.resize(static_cast<size_t>(rank));
    std::iota(axes.begin(), axes.end(), 0);
  }
  return axes;
}

// An optional list may also be given as an empty tensor.
bool IsGiven(const NodeImport& node, int i) {
  return node.has_input(i) && node.spec_of(node.input(i)).elements() > 0;
}

absl::Status ReadSizes(NodeImport& node, const Shape& x, const std::vector<int>& axes,
                       ResizeParams& params) {
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> given, node.ConstantInts(3));
  const std::vector<int64_t> same(x.dims().begin(), x.dims().end());
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, Spread(given, axes, same));
  if (policy == "stretch" || axes.empty()) return UseSizes(x, sizes, params);
  if (policy == "not_larger" || policy == "not_smaller") {
    return UseOneScale(x, sizes, axes, policy == "not_larger", params);
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("keep_aspect_ratio_policy %s does not exist", Quote(policy)));
}

absl::Status ReadTarget(NodeImport& node, const Shape& x, const std::vector<int>& axes,
                        ResizeParams& params) {
  const bool has_scales = IsGiven(node, 2);
  if (has_scales == IsGiven(node, 3)) {
    return absl::InvalidArgumentError("either scales or sizes must be given");
  }
  if (!has_scales) return ReadSizes(node, x, axes, params);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<float> given, node.ConstantFloats(2));
  const std::vector<float> ones(static_cast<size_t>(x.rank()), 1);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<float> scales, Spread(given, axes, ones));
  return UseScales(x, scales, params);
}

// Starts of the resized dimensions, then their ends; the others are taken whole.
absl::Status ReadRoi(NodeImport& node, const Shape& x, const std::vector<int>& axes,
                     ResizeParams& params) {
  if (!IsGiven(node, 1)) {
    return absl::InvalidArgumentError("roi must be given where tf_crop_and_resize is asked for");
  }
  CONVOY_ASSIGN_OR_RETURN(const std::vector<float> roi, node.ConstantFloats(1));
  const size_t half = roi.size() / 2;
  const std::vector<float> starts(roi.begin(), roi.begin() + static_cast<std::ptrdiff_t>(half));
  const std::vector<float> ends(roi.begin() + static_cast<std::ptrdiff_t>(half), roi.end());
  const auto rank = static_cast<size_t>(x.rank());
  CONVOY_ASSIGN_OR_RETURN(params.roi, Spread(starts, axes, std::vector<float>(rank, 0)));
  CONVOY_ASSIGN_OR_RETURN(const auto all_ends, Spread(ends, axes, std::vector<float>(rank, 1)));
  params.roi.insert(params.roi.end(), all_ends.begin(), all_ends.end());
  params.extrapolation = node.Float("extrapolation_value", 0);
  return absl::OkStatus();
}

// Opsets up to 10 know neither transform nor rounding: a coordinate is y / scale, rounded down.
absl::Status ImportAsymmetric(NodeImport& node, const std::vector<float>& scales) {
  const Shape x = node.shape(0);
  if (scales.size() != static_cast<size_t>(x.rank())) {
    return absl::InvalidArgumentError(
        absl::StrFormat("scales has %d values where %d are asked for", scales.size(), x.rank()));
  }
  ResizeParams params;
  CONVOY_ASSIGN_OR_RETURN(params.mode, ReadMode(node));
  params.transform = CoordinateTransform::kAsymmetric;
  params.rounding = NearestRounding::kFloor;
  CONVOY_RETURN_IF_ERROR(UseScales(x, scales, params));
  return node.Finish(std::move(params), {node.input(0)});
}

absl::Status ImportUpsample(NodeImport& node) {
  std::vector<float> scales = node.Floats("scales");
  if (node.opset() >= 9 && node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(scales, node.ConstantFloats(1));
  }
  return ImportAsymmetric(node, scales);
}

absl::Status ImportResize(NodeImport& node) {
  if (node.opset() < 11) {
    if (!node.has_input(1)) return absl::InvalidArgumentError("scales must be given");
    CONVOY_ASSIGN_OR_RETURN(const std::vector<float> scales, node.ConstantFloats(1));
    return ImportAsymmetric(node, scales);
  }
  const Shape x = node.shape(0);
  ResizeParams params;
  CONVOY_ASSIGN_OR_RETURN(params.mode, ReadMode(node));
  CONVOY_ASSIGN_OR_RETURN(params.transform, ReadTransform(node));
  CONVOY_ASSIGN_OR_RETURN(params.rounding, ReadRounding(node));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int> axes, ReadResizeAxes(node, x.rank()));
  CONVOY_RETURN_IF_ERROR(ReadTarget(node, x, axes, params));
  if (params.transform == CoordinateTransform::kTfCropAndResize) {
    CONVOY_RETURN_IF_ERROR(ReadRoi(node, x, axes, params));
  }
  params.cubic_a = node.Float("cubic_coeff_a", -0.75F);
  params.exclude_outside = node.Int("exclude_outside", 0) != 0;
  params.antialias = node.Int("antialias", 0) != 0 && params.mode != ResizeMode::kNearest;
  return node.Finish(std::move(params), {node.input(0)});
}

}  // namespace

std::span<const ImportRule> ResizeRules() {
  static constexpr std::array kRules = {
      ImportRule{"Resize", 1, 4, ImportResize},
      ImportRule{"Upsample", 1, 2, ImportUpsample},
  };
  return kRules;
}

}  // namespace convoy::models
