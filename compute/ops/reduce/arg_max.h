// Where the largest or smallest element along an axis stands (ONNX ArgMax, ArgMin).
//
//   input  x: any shape, FP32 or integers
//   output  y: INT64, `axis` becomes 1, or vanishes where keep_dims is false
//
// Of equals the first counts, or the last. NaN is the largest of all numbers.
#pragma once

namespace convoy::compute {

struct ArgMaxParams {
  int axis = 0;  // 0 <= axis < rank
  bool keep_dims = true;
  bool smallest = false;
  bool select_last = false;

  friend bool operator==(const ArgMaxParams&, const ArgMaxParams&) = default;
};

}  // namespace convoy::compute
