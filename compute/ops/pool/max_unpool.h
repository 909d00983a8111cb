// Puts the maxima of a pooling back where they came from (ONNX MaxUnpool; Zeiler and Fergus 2014,
// section 2.1).
//
//   inputs  x: [N, C, spatial...]    indices: INT64, as x: places in the flattened output
//   output  y: [N, C, spatial...], extent = (in - 1) * stride - pads + kernel, 0 where no index
//   points
//
// An index outside of its own window is no place that a pooling could name, and is ignored. Of
// windows that name the same place the last one counts.
#pragma once

#include "compute/ops/window.h"

namespace convoy::compute {

struct MaxUnpoolParams {
  Window window;  // without dilation

  friend bool operator==(const MaxUnpoolParams&, const MaxUnpoolParams&) = default;
};

}  // namespace convoy::compute
