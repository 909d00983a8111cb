// Values of an image at places that another tensor names (ONNX GridSample, opset 20; M. Jaderberg
// et al., "Spatial Transformer Networks", 2015).
//
//   inputs  x     [N, C, D, H, W], [N, C, H, W] or [N, C, W]
//           grid  [N, out..., r] for r image dimensions: (x, y, z), innermost first; -1 and 1 are
//                 the centres of the outermost entries where `align_corners` is set, else their
//                 outer edges
//   output  y     [N, C, out...]
//
// Cubic is the kernel of cubic.h with a = -0.75 along every dimension. A place outside is moved as
// `padding` says before its neighbours are taken, and neighbours that are outside once more.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "compute/ops/axis_table.h"

namespace convoy::compute {

enum class GridSampleMode { kNearest, kLinear, kCubic };

enum class GridPadding {
  kZeros,       // outside lie zeros
  kBorder,      // the nearest entry
  kReflection,  // mirrored at the edge, as often as needed
};

struct GridSampleParams {
  GridSampleMode mode = GridSampleMode::kLinear;
  GridPadding padding = GridPadding::kZeros;
  bool align_corners = false;

  friend bool operator==(const GridSampleParams&, const GridSampleParams&) = default;
};

// The entries of a dimension that place `at` mixes; none where all of them are zeros outside. A
// place that is no number is outside.
absl::InlinedVector<AxisTap, 4> GridTaps(const GridSampleParams& params, float at, int64_t extent);

}  // namespace convoy::compute
