// Dimensions in another order (ONNX Transpose): dimension i of y is dimension perm[i] of x.
// Any element type.
#pragma once

#include <vector>

namespace convoy::compute {

struct TransposeParams {
  std::vector<int> perm;  // a permutation of 0 .. rank-1

  friend bool operator==(const TransposeParams&, const TransposeParams&) = default;
};

}  // namespace convoy::compute
