// Takes each element from one of two tensors (ONNX Where), with broadcasting.
//
//   inputs  condition: BOOL; a, b: one type, any; all three broadcast to one another
//   output  y = condition ? a : b: the broadcast shape, the type of a
#pragma once

namespace convoy::compute {

struct WhereParams {
  friend bool operator==(const WhereParams&, const WhereParams&) = default;
};

}  // namespace convoy::compute
