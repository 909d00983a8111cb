// Softmax along one axis (ONNX Softmax of opset 13): y = exp(x - max) / sum(exp(x - max)).
//
//   input  x: any shape         output  y: the same shape
#pragma once

namespace convoy::compute {

struct SoftmaxParams {
  int axis = 0;  // 0 <= axis < rank

  friend bool operator==(const SoftmaxParams&, const SoftmaxParams&) = default;
};

}  // namespace convoy::compute
