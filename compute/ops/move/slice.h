// A strided box cut from a tensor (ONNX Slice with its defaults, negative indices and clamping
// resolved).
//
//   input  x: any shape and type         output  y[i...] = x[starts + i * steps...], of extent
//   sizes
#pragma once

#include <cstdint>
#include <vector>

namespace convoy::compute {

// One entry a dimension. A step may be negative, never 0; every index reached lies inside x.
struct SliceParams {
  std::vector<int64_t> starts;
  std::vector<int64_t> steps;
  std::vector<int64_t> sizes;

  friend bool operator==(const SliceParams&, const SliceParams&) = default;
};

}  // namespace convoy::compute
