// Max, average and Lp pooling over a sliding window in 1-D, 2-D and 3-D (ONNX MaxPool, AveragePool,
// LpPool).
//
//   input  x: [N, C, spatial...]         output  y: [N, C, spatial...]
//   extent = floor or ceil((in + pads - dilation*(kernel-1) - 1) / stride) + 1; with ceil a last
//   window that would start beyond the input and its leading pad is dropped.
//
// Every window must touch the input: pads are less than dilation*(kernel-1) + 1, a dilation at most
// the input's extent.
//
// Max ignores padding. The average divides by the taps inside the input or, with count_include_pad,
// by the taps inside the input and its explicit pads (never by those that only ceil_mode adds). Lp
// is (sum |x|^p)^(1/p) over the taps inside the input.
//
// With `indices`, a further output of INT64 says where each maximum stands in the flattened x: of
// equals the first in its window. Column-major counts the image's first dimension fastest.
#pragma once

#include "compute/ops/window.h"

namespace convoy::compute {

enum class PoolKind { kMax, kAverage, kLp };
enum class PoolIndices { kNone, kRowMajor, kColumnMajor };
inline constexpr int64_t kMaxPower = 1024;  // beyond it every power of a float is 0, 1 or infinite

struct PoolParams {
  PoolKind kind = PoolKind::kMax;
  Window window;
  bool ceil_mode = false;
  bool count_include_pad = false;
  int64_t p = 2;                             // of kLp, at least 1
  PoolIndices indices = PoolIndices::kNone;  // of kMax

  friend bool operator==(const PoolParams&, const PoolParams&) = default;
};

}  // namespace convoy::compute
