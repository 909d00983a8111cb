// The same elements under another shape (ONNX Reshape, Flatten, Squeeze, Unsqueeze, Identity,
// Dropout at inference).
//
//   input  x: any shape and type         output  y: `shape`, with as many elements
#pragma once

#include "compute/tensor/shape.h"

namespace convoy::compute {

struct ReshapeParams {
  Shape shape;

  friend bool operator==(const ReshapeParams&, const ReshapeParams&) = default;
};

}  // namespace convoy::compute
