// Matrix product with the rules of numpy.matmul (ONNX MatMul).
//
//   inputs  a: [..., M, K]   b: [..., K, N], leading dimensions broadcast; a vector stands for a
//   row (a) or a column (b) output  y: [..., M, N], without the dimension that a vector lacked
#pragma once

namespace convoy::compute {

struct MatMulParams {
  friend bool operator==(const MatMulParams&, const MatMulParams&) = default;
};

}  // namespace convoy::compute
