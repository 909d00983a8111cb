// Interpolation (ONNX Resize and Upsample): nearest, or linear along each resized dimension
// (bilinear, trilinear).
//
//   input  x: any shape         output  y: `sizes`
//   A coordinate of y maps to x by `transform` with the dimension's scale; linear clamps neighbours
//   to the edge.
//
// Coordinates are computed in float32, as other ONNX engines do: with a scale such as 5/3 the last
// bit decides which neighbour "nearest" takes. Every kernel gets them from ResizeTapAt, so that all
// devices agree.
#pragma once

#include <cstdint>
#include <vector>

#include "compute/tensor/shape.h"

namespace convoy::compute {

enum class ResizeMode { kNearest, kLinear };

// x = coordinate in the input, y = in the output, s = scale (ONNX coordinate_transformation_mode).
enum class CoordinateTransform {
  kHalfPixel,         // x = (y + 0.5) / s - 0.5
  kPytorchHalfPixel,  // as half_pixel, but x = 0 where the output has extent 1
  kAlignCorners,      // x = y * (in - 1) / (out - 1)
  kAsymmetric,        // x = y / s
};

// How nearest rounds a coordinate (ONNX nearest_mode).
enum class NearestRounding { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil };

struct ResizeParams {
  ResizeMode mode = ResizeMode::kNearest;
  CoordinateTransform transform = CoordinateTransform::kHalfPixel;
  NearestRounding rounding = NearestRounding::kRoundPreferFloor;
  std::vector<float> scales;  // one a dimension, as given by the model or sizes / input extents
  Shape sizes;

  friend bool operator==(const ResizeParams&, const ResizeParams&) = default;
};

// y along one dimension = (1 - weight) * x[low] + weight * x[high].
struct ResizeTap {
  int64_t low = 0;
  int64_t high = 0;
  float weight = 0;  // 0 in nearest mode, where low == high
};

// The tap of coordinate `out` of dimension `axis` of y, whose input has `in_extent` entries there.
ResizeTap ResizeTapAt(const ResizeParams& params, int axis, int64_t in_extent, int64_t out);

}  // namespace convoy::compute
