#include "compute/ops/move/gather.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

// Dimensions [first, last) of `from` behind those of `to`.
void AppendDims(const Shape& from, int first, int last, Shape& to) {
  for (int i = first; i < last; ++i) to.Append(from[i]);
}

absl::Status CheckIndices(const GatherParams& params, const Shape& data, const Shape& indices) {
  switch (params.kind) {
    case IndexKind::kAxis:
      return CheckAxis("Gather", params.axis, data.rank());
    case IndexKind::kElements:
      return CheckElementIndices("Gather", data, indices, params.axis);
    case IndexKind::kTuples:
      return CheckTupleIndices("Gather", data, indices, params.batch_dims);
  }
  return absl::OkStatus();
}

Shape ResultShape(const GatherParams& params, const Shape& data, const Shape& indices) {
  if (params.kind == IndexKind::kElements) return indices;
  const int q = indices.rank();
  Shape y;
  if (params.kind == IndexKind::kAxis) {
    AppendDims(data, 0, params.axis, y);
    AppendDims(indices, 0, q, y);
    AppendDims(data, params.axis + 1, data.rank(), y);
  } else {
    const int named = static_cast<int>(indices[q - 1]);
    AppendDims(indices, 0, q - 1, y);
    AppendDims(data, params.batch_dims + named, data.rank(), y);
  }
  return y;
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const GatherParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Gather", inputs, 2, 2, ElementTypes::kAny));
  CONVOY_RETURN_IF_ERROR(CheckIndexType("Gather", inputs[1]));
  CONVOY_RETURN_IF_ERROR(CheckIndices(params, inputs[0].shape, inputs[1].shape));
  return OneOutput("Gather", ResultShape(params, inputs[0].shape, inputs[1].shape),
                   inputs[0].dtype);
}

OpCost EstimateCost(const GatherParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {0, 2 * BytesOf(inputs.last(1), outputs)};
}

std::string AttributesOf(const GatherParams& params) {
  const bool tuples = params.kind == IndexKind::kTuples;
  return JoinAttributes(
      {absl::StrFormat("by=%s", NameOf(params.kind)),
       tuples ? "" : absl::StrFormat("axis=%d", params.axis),
       params.batch_dims == 0 ? "" : absl::StrFormat("batch_dims=%d", params.batch_dims)});
}

}  // namespace convoy::compute
