// Softmax and its kin along one axis (ONNX Softmax, LogSoftmax and Hardmax of opset 13).
//
//   input  x: any shape         output  y: the same shape
//   kSoftmax     y = exp(x - max) / sum(exp(x - max))
//   kLogSoftmax  y = x - max - log(sum(exp(x - max)))
//   kHardmax     y = 1 at the first maximum, 0 elsewhere
#pragma once

namespace convoy::compute {

enum class SoftmaxKind { kSoftmax, kLogSoftmax, kHardmax };

struct SoftmaxParams {
  int axis = 0;  // 0 <= axis < rank
  SoftmaxKind kind = SoftmaxKind::kSoftmax;

  friend bool operator==(const SoftmaxParams&, const SoftmaxParams&) = default;
};

}  // namespace convoy::compute
