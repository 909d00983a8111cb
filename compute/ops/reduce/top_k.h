// The k largest or smallest elements along an axis, in order (ONNX TopK).
//
//   input  x: any shape, FP32 or integers
//   outputs  values: as x, with extent k along `axis`     indices: INT64, where they stood
//
// Of equals the one with the lower index comes first. NaN is the largest of all numbers.
#pragma once

#include <cstdint>

namespace convoy::compute {

struct TopKParams {
  int axis = 0;   // 0 <= axis < rank
  int64_t k = 1;  // 1 <= k <= extent
  bool smallest = false;

  friend bool operator==(const TopKParams&, const TopKParams&) = default;
};

}  // namespace convoy::compute
