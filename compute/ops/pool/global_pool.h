// Pooling over the whole image (ONNX GlobalMaxPool, GlobalAveragePool).
//
//   input  x: [N, C, spatial...]         output  y: [N, C, 1...]
#pragma once

#include "compute/ops/pool/pool.h"

namespace convoy::compute {

struct GlobalPoolParams {
  PoolKind kind = PoolKind::kAverage;

  friend bool operator==(const GlobalPoolParams&, const GlobalPoolParams&) = default;
};

}  // namespace convoy::compute
