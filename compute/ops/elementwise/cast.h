// Another element type (ONNX Cast).
//
//   input  x: any shape, any type        output  y: the same shape, type `to`
//
// Floats lose their fraction, and where they exceed an integer type they become its nearest value
// (ONNX leaves that open); integers keep their low bits; everything but 0 is a true BOOL. FP16 and
// FP64 occur at the edges of a graph only (docs/decisions/0004).
#pragma once

#include "compute/tensor/dtype.h"

namespace convoy::compute {

struct CastParams {
  DType to = DType::kFloat32;

  friend bool operator==(const CastParams&, const CastParams&) = default;
};

}  // namespace convoy::compute
