// Elements by index: Gather, GatherElements, GatherND, Compress, NonZero, ScatterElements (Scatter
// up to opset 10) and ScatterND.
#include <array>

#include "compute/base/quote.h"
#include "compute/ops/elements.h"
#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::GatherParams;
using compute::HostTensor;
using compute::IndexKind;
using compute::Quote;
using compute::ScatterParams;
using compute::ScatterReduction;
using compute::Shape;
using compute::TensorSpec;

// Indices that are known must lie inside of input 0. They name its dimension `first`, or as many
// from there on as the last dimension of the indices has entries. Computed ones are clamped.
absl::Status CheckConstantIndices(const NodeImport& node, int first, bool tuples) {
  const HostTensor* indices = node.constant(1);
  if (indices == nullptr || indices->spec().elements() == 0) return absl::OkStatus();
  const Shape data = node.shape(0);
  const Shape shape = indices->spec().shape;
  const int64_t count = tuples && shape.rank() > 0 ? shape[shape.rank() - 1] : 1;
  if (first + count > data.rank()) return absl::OkStatus();  // InferShapes says what is wrong
  const std::vector<int64_t> values = compute::ReadElements<int64_t>(indices->view());
  for (size_t i = 0; i < values.size(); ++i) {
    const int axis = first + static_cast<int>(static_cast<int64_t>(i) % count);
    if (values[i] >= -data[axis] && values[i] < data[axis]) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("index %d lies outside of %d to %d, which dimension %d of %s has",
                        values[i], -data[axis], data[axis] - 1, axis, data.ToString()));
  }
  return absl::OkStatus();
}

absl::Status ImportGather(NodeImport& node) {
  const TensorSpec data = node.spec_of(node.input(0));
  const Shape indices = node.shape(1);
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 0), data.shape.rank()));
  CONVOY_RETURN_IF_ERROR(CheckConstantIndices(node, axis, false));
  if (indices.elements() > 0) {
    return node.Finish(GatherParams{IndexKind::kAxis, axis, 0}, node.inputs());
  }
  Shape result;
  for (int i = 0; i < axis; ++i) result.Append(data.shape[i]);
  for (const int64_t dim : indices.dims()) result.Append(dim);
  for (int i = axis + 1; i < data.shape.rank(); ++i) result.Append(data.shape[i]);
  return node.FinishEmpty(data.dtype, result);
}

absl::Status ImportGatherElements(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 0), node.shape(0).rank()));
  CONVOY_RETURN_IF_ERROR(CheckConstantIndices(node, axis, false));
  return node.Finish(GatherParams{IndexKind::kElements, axis, 0}, node.inputs());
}

absl::Status ImportGatherND(NodeImport& node) {
  const int64_t batch_dims = node.Int("batch_dims", 0);
  if (batch_dims < 0 || batch_dims >= node.shape(0).rank()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("batch_dims is %d; asked for are 0 to %d, one less than the rank of %s",
                        batch_dims, node.shape(0).rank() - 1, node.shape(0).ToString()));
  }
  const int dims = static_cast<int>(batch_dims);
  CONVOY_RETURN_IF_ERROR(CheckConstantIndices(node, dims, true));
  return node.Finish(GatherParams{IndexKind::kTuples, 0, dims}, node.inputs());
}

// The condition decides how many elements there are: known, it is a list of indices.
absl::Status ImportCompress(NodeImport& node) {
  const HostTensor* condition = node.constant(1);
  if (condition == nullptr) {
    return absl::UnimplementedError(
        "the condition must be a constant: the size of the result depends on its values");
  }
  Shape shape = node.shape(0);
  ValueId x = node.input(0);
  int axis = 0;
  if (node.Has("axis")) {
    CONVOY_ASSIGN_OR_RETURN(axis, ResolveAxis(node.Int("axis", 0), shape.rank()));
  } else {
    shape = Shape{shape.elements()};
    CONVOY_ASSIGN_OR_RETURN(x, node.Add(compute::ReshapeParams{shape}, {x}));
  }
  const std::vector<int64_t> flags = compute::ReadElements<int64_t>(condition->view());
  if (condition->spec().shape.rank() != 1 || condition->spec().shape[0] > shape[axis]) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the condition is %s; asked for are at most %d values, one an element",
                        condition->spec().ToString(), shape[axis]));
  }
  std::vector<int64_t> picked;
  for (size_t i = 0; i < flags.size(); ++i) {
    if (flags[i] != 0) picked.push_back(static_cast<int64_t>(i));
  }
  shape[axis] = static_cast<int64_t>(picked.size());
  if (picked.empty()) return node.FinishEmpty(node.spec_of(x).dtype, shape);
  const ValueId indices = node.AddConstant(IntegerTensor(picked));
  return node.Finish(GatherParams{IndexKind::kAxis, axis, 0}, {x, indices});
}

absl::Status ImportNonZero(NodeImport& node) {
  const HostTensor* x = node.constant(0);
  if (x == nullptr) {
    return absl::UnimplementedError(
        "the input must be a constant: the size of the result depends on its values");
  }
  std::vector<int64_t> places;
  compute::VisitElements(x->view(), [&]<typename T>(std::span<const T> values) {
    for (size_t i = 0; i < values.size(); ++i) {
      const bool set{compute::CastElement<compute::Bool>(values[i])};
      if (set) places.push_back(static_cast<int64_t>(i));
    }
  });
  const Shape shape = x->spec().shape;
  const int64_t count = static_cast<int64_t>(places.size());
  CONVOY_ASSIGN_OR_RETURN(HostTensor result,
                          node.MakeConstant({DType::kInt64, Shape{shape.rank(), count}}));
  const std::span<int64_t> coordinates = result.mutable_data<int64_t>();
  for (int64_t i = 0; i < count; ++i) {
    for (int axis = shape.rank(); axis-- > 0; places[i] /= shape[axis]) {
      coordinates[axis * count + i] = places[i] % shape[axis];
    }
  }
  return node.FinishConstant(std::move(result));
}

absl::StatusOr<ScatterReduction> ReadReduction(NodeImport& node) {
  const std::string name = node.String("reduction", "none");
  if (name == "none") return ScatterReduction::kNone;
  if (name == "add") return ScatterReduction::kAdd;
  if (name == "mul") return ScatterReduction::kMul;
  if (name == "min") return ScatterReduction::kMin;
  if (name == "max") return ScatterReduction::kMax;
  return absl::InvalidArgumentError(
      absl::StrFormat("reduction is %s; asked for are none, add, mul, min and max", Quote(name)));
}

absl::Status FinishScatter(NodeImport& node, ScatterParams params) {
  CONVOY_ASSIGN_OR_RETURN(params.reduction, ReadReduction(node));
  CONVOY_RETURN_IF_ERROR(
      CheckConstantIndices(node, params.axis, params.kind == IndexKind::kTuples));
  const bool nothing = node.shape(1).elements() == 0 && node.shape(2).elements() == 0;
  if (nothing) return node.Alias(node.input(0));
  return node.Finish(params, node.inputs());
}

absl::Status ImportScatterElements(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 0), node.shape(0).rank()));
  return FinishScatter(node, {IndexKind::kElements, axis});
}

absl::Status ImportScatterND(NodeImport& node) {
  return FinishScatter(node, {IndexKind::kTuples, 0});
}

}  // namespace

std::span<const ImportRule> GatherRules() {
  static constexpr std::array kRules = {
      ImportRule{"Gather", 2, 2, ImportGather},
      ImportRule{"GatherElements", 2, 2, ImportGatherElements},
      ImportRule{"GatherND", 2, 2, ImportGatherND},
      ImportRule{"Compress", 2, 2, ImportCompress},
      ImportRule{"NonZero", 1, 1, ImportNonZero},
      ImportRule{"Scatter", 3, 3, ImportScatterElements},
      ImportRule{"ScatterElements", 3, 3, ImportScatterElements},
      ImportRule{"ScatterND", 3, 3, ImportScatterND},
  };
  return kRules;
}

}  // namespace convoy::models
