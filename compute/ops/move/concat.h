// Tensors laid side by side along one axis (ONNX Concat).
//
//   inputs  one or more of one element type, whichever, equal but for the extent along `axis`
//   output  that extent is their sum
#pragma once

namespace convoy::compute {

struct ConcatParams {
  int axis = 1;  // 0 <= axis < rank

  friend bool operator==(const ConcatParams&, const ConcatParams&) = default;
};

}  // namespace convoy::compute
