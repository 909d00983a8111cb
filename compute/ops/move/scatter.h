// A copy of a tensor with updates written or accumulated at computed indices (ONNX
// ScatterElements, Scatter, ScatterND).
//
//   inputs   data: any shape and type; indices: INT32 or INT64; updates: the type of data
//   output   y: like data
//
//   y = data, then for each place j of indices, in row-major order:
//   kElements  y[j with indices[j] at `axis`] = updates[j]
//   kTuples    y[indices[j.., :].., i..]      = updates[j.., i..]
//
// `reduction` replaces the assignment; without one the last update of an element stays. The order
// is fixed, so the result is the same on every run. compute/ops/move/indices.h says which indices
// are allowed and what others mean. BOOL has no reductions.
#pragma once

#include "compute/ops/move/indices.h"

namespace convoy::compute {

// The order is that of shaders/move/scatter.comp.
enum class ScatterReduction { kNone, kAdd, kMul, kMin, kMax };

struct ScatterParams {
  IndexKind kind = IndexKind::kElements;  // kElements or kTuples
  int axis = 0;                           // kElements
  ScatterReduction reduction = ScatterReduction::kNone;

  friend bool operator==(const ScatterParams&, const ScatterParams&) = default;
};

}  // namespace convoy::compute
