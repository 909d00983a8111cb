// Pooling to an output of any given size (PyTorch's adaptive_avg_pool and adaptive_max_pool; He et
// al. 2014, "Spatial Pyramid Pooling"): images of different sizes become one size.
//
//   input  x: [N, C, spatial...]         output  y: [N, C, size...]
//   window i along an axis covers floor(i * in / out) to ceil((i + 1) * in / out) - 1
#pragma once

#include "compute/ops/pool/pool.h"

namespace convoy::compute {

struct AdaptivePoolParams {
  PoolKind kind = PoolKind::kAverage;  // or kMax
  int rank = 2;                        // spatial dimensions: 1, 2 or 3
  Spatial size{1, 1, 1};               // of the output, D, H, W

  friend bool operator==(const AdaptivePoolParams&, const AdaptivePoolParams&) = default;
};

// The first element of window `i` along an axis, and the one behind its last.
inline int64_t AdaptiveBegin(int64_t i, int64_t in, int64_t out) { return i * in / out; }
inline int64_t AdaptiveEnd(int64_t i, int64_t in, int64_t out) {
  return ((i + 1) * in + out - 1) / out;
}

}  // namespace convoy::compute
