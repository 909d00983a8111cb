// Boxes of images brought to one size (ONNX RoiAlign, opset 16; K. He et al., "Mask R-CNN", 2017).
//
//   inputs  x        [N, C, H, W]
//           rois     [R, 4]   x1, y1, x2, y2 of each box, in pixels divided by `spatial_scale`
//           batch    [R]      any integers: the image of each box
//   output  y        [R, C, output_height, output_width]
//
// Each box is cut into output_height x output_width bins, and each bin looks at sampling_ratio^2
// places, interpolated bilinearly; 0 looks at as many as the bin has pixels, at most those of the
// image. Average takes their mean. Max takes, as ONNX's own cases want it, the greatest of the four
// weighted neighbours of all places. Places more than one pixel outside are 0, and so is everything
// of a box whose image does not exist.
#pragma once

#include <cstdint>

namespace convoy::compute {

// A bin of 2 pixels looks at 2 places on devices too that divide to 2.0000002.
inline constexpr float kRoiBinSlack = 0.99999F;

enum class RoiAlignMode { kAverage, kMax };

struct RoiAlignParams {
  RoiAlignMode mode = RoiAlignMode::kAverage;
  int64_t output_height = 1;
  int64_t output_width = 1;
  int64_t sampling_ratio = 0;
  float spatial_scale = 1;
  bool half_pixel = true;  // else corners of pixels, and no box is smaller than one pixel

  friend bool operator==(const RoiAlignParams&, const RoiAlignParams&) = default;
};

}  // namespace convoy::compute
