// Running sums along an axis (ONNX CumSum).
//
//   input  x: any shape, FP32, INT32, INT64, UINT32 or UINT64       output  y: the same
//   y[i] = x[0] + ... + x[i]; `exclusive` leaves x[i] out, `reverse` starts from the end
#pragma once

namespace convoy::compute {

struct CumSumParams {
  int axis = 0;  // 0 <= axis < rank
  bool exclusive = false;
  bool reverse = false;

  friend bool operator==(const CumSumParams&, const CumSumParams&) = default;
};

}  // namespace convoy::compute
