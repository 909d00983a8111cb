// Boxes of images, each cut into a grid of bins of whole pixels, whose maxima it becomes (ONNX
// MaxRoiPool, opset 1; R. Girshick, "Fast R-CNN", 2015).
//
//   inputs  x     [N, C, H, W]
//           rois  [R, 5]   image, x1, y1, x2, y2 of each box, in pixels divided by `spatial_scale`;
//                          both corners belong to the box
//   output  y     [R, C, output_height, output_width]
//
// Bin i of b of an extent of s pixels holds those from floor(i * s / b) to ceil((i + 1) * s / b),
// which overlap where b does not divide s. A bin without pixels is 0, and so is everything of a box
// whose image does not exist.
#pragma once

#include <cstdint>

namespace convoy::compute {

// Along a dimension; and how far out a corner may lie, in pixels: farther ones are taken as this.
inline constexpr int64_t kMaxRoiBins = 1024;
inline constexpr float kMaxRoiCorner = 1 << 19;

struct MaxRoiPoolParams {
  int64_t output_height = 1;
  int64_t output_width = 1;
  float spatial_scale = 1;

  friend bool operator==(const MaxRoiPoolParams&, const MaxRoiPoolParams&) = default;
};

}  // namespace convoy::compute
