// Max and average pooling over a sliding window in 1-D, 2-D and 3-D (ONNX MaxPool, AveragePool).
//
//   input  x: [N, C, spatial...]         output  y: [N, C, spatial...]
//   extent = floor or ceil((in + pads - dilation*(kernel-1) - 1) / stride) + 1; with ceil a last
//   window that would start beyond the input and its leading pad is dropped.
//
// Every window must touch the input: pads are less than dilation*(kernel-1) + 1, a dilation at most
// the input's extent.
//
// Max ignores padding. The average divides by the taps inside the input or, with count_include_pad,
// by the taps inside the input and its explicit pads (never by those that only ceil_mode adds).
#pragma once

#include "compute/ops/window.h"

namespace convoy::compute {

enum class PoolKind { kMax, kAverage };

struct PoolParams {
  PoolKind kind = PoolKind::kMax;
  Window window;
  bool ceil_mode = false;
  bool count_include_pad = false;

  friend bool operator==(const PoolParams&, const PoolParams&) = default;
};

}  // namespace convoy::compute
