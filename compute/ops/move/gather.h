// Elements and slices picked by computed indices (ONNX Gather, GatherElements, GatherND).
//
//   inputs   data: any shape and type; indices: INT32 or INT64         output   y: the type of data
//
//   kAxis      y[o.., j.., i..] = data[o.., indices[j..], i..]            o: as many as `axis`
//   kElements  y[i..] = data[i.. with indices[i..] at `axis`]
//   kTuples    y[b.., j.., i..] = data[b.., indices[b.., j.., :].., i..]  b: as many as batch_dims
//
// compute/ops/move/indices.h says which indices are allowed and what others mean.
#pragma once

#include "compute/ops/move/indices.h"

namespace convoy::compute {

struct GatherParams {
  IndexKind kind = IndexKind::kAxis;
  int axis = 0;        // kAxis, kElements
  int batch_dims = 0;  // kTuples

  friend bool operator==(const GatherParams&, const GatherParams&) = default;
};

}  // namespace convoy::compute
