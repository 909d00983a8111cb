// Interpolation (ONNX Resize, opset 19, and Upsample): nearest, linear or cubic along each resized
// dimension (bilinear, trilinear, bicubic).
//
//   input  x: any shape; any type where the mode is nearest, else FP32
//   output y: `sizes`
//   A coordinate of y maps to x by `transform` with the dimension's scale. Linear weighs the
//   entries of x at a distance d < 1 by 1 - d, cubic those at d < 2 by CubicWeight of cubic.h.
//   `antialias` stretches the kernel by 1 / scale where the output is smaller. Entries beyond the
//   edge are the edge's, or left out where `exclude_outside` is set; the weights then add up to 1.
//
// Coordinates are computed in float32, as other ONNX engines do: with a scale such as 5/3 the last
// bit decides which neighbour "nearest" takes. Every kernel gets its taps from ResizeTable, so that
// all devices agree.
#pragma once

#include <cstdint>
#include <vector>

#include "compute/ops/axis_table.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

enum class ResizeMode { kNearest, kLinear, kCubic };

// x = coordinate in the input, y = in the output, s = scale (ONNX coordinate_transformation_mode).
enum class CoordinateTransform {
  kHalfPixel,           // x = (y + 0.5) / s - 0.5
  kHalfPixelSymmetric,  // as half_pixel, centred where in * s was rounded down to out
  kPytorchHalfPixel,    // as half_pixel, but x = 0 where the output has extent 1
  kAlignCorners,        // x = y * (in - 1) / (out - 1)
  kAsymmetric,          // x = y / s
  kTfHalfPixelForNn,    // x = (y + 0.5) / s
  kTfCropAndResize,     // x = (start + y * (end - start) / (out - 1)) * (in - 1) of `roi`
};

// How nearest rounds a coordinate (ONNX nearest_mode).
enum class NearestRounding { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil };

struct ResizeParams {
  ResizeMode mode = ResizeMode::kNearest;
  CoordinateTransform transform = CoordinateTransform::kHalfPixel;
  NearestRounding rounding = NearestRounding::kRoundPreferFloor;
  std::vector<float> scales;  // one a dimension, as given by the model or sizes / input extents
  Shape sizes;
  float cubic_a = -0.75F;
  bool exclude_outside = false;
  bool antialias = false;
  // tf_crop_and_resize only: the starts of all dimensions, then their ends, as shares of the
  // input; and what the output holds where it looks beyond the input.
  std::vector<float> roi;
  float extrapolation = 0;

  friend bool operator==(const ResizeParams&, const ResizeParams&) = default;
};

// The taps of dimension `axis`, where the input has `in_extent` entries.
AxisTable ResizeTable(const ResizeParams& params, int axis, int64_t in_extent);
// Of all dimensions.
std::vector<AxisTable> ResizeTables(const ResizeParams& params, const Shape& x);

}  // namespace convoy::compute
