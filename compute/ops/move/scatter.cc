#include "compute/ops/move/scatter.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

const char* ReductionName(ScatterReduction reduction) {
  switch (reduction) {
    case ScatterReduction::kNone:
      return "none";
    case ScatterReduction::kAdd:
      return "add";
    case ScatterReduction::kMul:
      return "mul";
    case ScatterReduction::kMin:
      return "min";
    case ScatterReduction::kMax:
      return "max";
  }
  return "";
}

absl::Status CheckIndices(const ScatterParams& params, const Shape& data, const Shape& indices) {
  return params.kind == IndexKind::kElements
             ? CheckElementIndices("Scatter", data, indices, params.axis)
             : CheckTupleIndices("Scatter", data, indices, 0);
}

Shape UpdatesShape(const ScatterParams& params, const Shape& data, const Shape& indices) {
  if (params.kind == IndexKind::kElements) return indices;
  Shape updates;
  const int last = indices.rank() - 1;
  for (int i = 0; i < last; ++i) updates.Append(indices[i]);
  for (int i = static_cast<int>(indices[last]); i < data.rank(); ++i) updates.Append(data[i]);
  return updates;
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const ScatterParams& params,
                                        std::span<const TensorSpec> inputs) {
  const bool computes = params.reduction != ScatterReduction::kNone;
  CONVOY_RETURN_IF_ERROR(CheckInputs("Scatter", inputs, 3, 3, ElementTypes::kAny));
  CONVOY_RETURN_IF_ERROR(CheckIndexType("Scatter", inputs[1]));
  if (inputs[2].dtype != inputs[0].dtype || (computes && inputs[0].dtype == DType::kBool)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Scatter data is %s and updates are %s with reduction %s, but both must be of one type, "
        "which reductions want to be no BOOL",
        NameOf(inputs[0].dtype), NameOf(inputs[2].dtype), ReductionName(params.reduction)));
  }
  CONVOY_RETURN_IF_ERROR(CheckIndices(params, inputs[0].shape, inputs[1].shape));
  CONVOY_RETURN_IF_ERROR(CheckShape("Scatter", "updates", inputs[2].shape,
                                    UpdatesShape(params, inputs[0].shape, inputs[1].shape)));
  return OneOutput("Scatter", inputs[0].shape, inputs[0].dtype);
}

OpCost EstimateCost(const ScatterParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const bool computes = params.reduction != ScatterReduction::kNone;
  return {computes ? static_cast<double>(inputs[2].elements()) : 0, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ScatterParams& params) {
  return JoinAttributes(
      {absl::StrFormat("by=%s", NameOf(params.kind)),
       params.kind == IndexKind::kTuples ? "" : absl::StrFormat("axis=%d", params.axis),
       params.reduction == ScatterReduction::kNone
           ? ""
           : absl::StrFormat("reduction=%s", ReductionName(params.reduction))});
}

}  // namespace convoy::compute
