#include "compute/ops/onednn_ops.h"

namespace convoy::compute {

OnednnWindow OnednnWindowOf(const Window& window) {
  OnednnWindow result;
  for (int axis = 3 - window.rank; axis < 3; ++axis) {
    result.kernel.push_back(window.kernel[axis]);
    result.strides.push_back(window.strides[axis]);
    result.dilations.push_back(window.dilations[axis] - 1);
    result.pads_begin.push_back(window.pads_begin[axis]);
    result.pads_end.push_back(window.pads_end[axis]);
  }
  return result;
}

}  // namespace convoy::compute
