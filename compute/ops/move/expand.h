// A tensor stretched to a shape (ONNX Expand): dimensions align at the last, those of extent 1
// repeat.
//
//   input  x: any type, a shape that broadcasts to `shape`         output  y: `shape`
#pragma once

#include "compute/tensor/shape.h"

namespace convoy::compute {

struct ExpandParams {
  Shape shape;

  friend bool operator==(const ExpandParams&, const ExpandParams&) = default;
};

}  // namespace convoy::compute
