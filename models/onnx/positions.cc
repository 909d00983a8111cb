// Operators that decide by the position of an element: EyeLike, OneHot, ReverseSequence and Trilu,
// made of comparisons with tables of positions.
#include <array>
#include <utility>

#include "compute/ops/elements.h"
#include "models/onnx/node_import.h"
#include "models/onnx/tensor_data.h"

namespace convoy::models {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::DType;
using compute::HostTensor;
using compute::ReshapeParams;
using compute::Shape;
using compute::TensorSpec;

// first, first + 1, ...: as many as `shape` has elements.
absl::StatusOr<ValueId> AddPositions(NodeImport& node, const Shape& shape, int64_t first) {
  CONVOY_ASSIGN_OR_RETURN(HostTensor table, node.MakeConstant({DType::kInt64, shape}));
  for (int64_t& value : table.mutable_data<int64_t>()) value = first++;
  return node.AddConstant(std::move(table));
}

absl::StatusOr<ValueId> AddBinary(NodeImport& node, BinaryKind kind, ValueId a, ValueId b) {
  return node.Add(BinaryParams{kind, {}}, {a, b});
}

// A matrix of 1 where inside(column - row), and of 0.
template <typename Inside>
absl::StatusOr<HostTensor> Diagonals(NodeImport& node, DType dtype, int64_t rows, int64_t columns,
                                     Inside inside) {
  CONVOY_ASSIGN_OR_RETURN(HostTensor mask, node.MakeConstant({dtype, Shape{rows, columns}}));
  compute::VisitElements(mask.mutable_view(), [&]<typename T>(std::span<T> values) {
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = 0; column < columns; ++column) {
        values[row * columns + column] = compute::CastElement<T>(inside(column - row) ? 1 : 0);
      }
    }
  });
  return mask;
}

absl::Status ImportEyeLike(NodeImport& node) {
  const TensorSpec x = node.spec_of(node.input(0));
  if (x.shape.rank() != 2) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the input has shape %s, but must be a matrix", x.shape.ToString()));
  }
  DType dtype = x.dtype;
  if (node.Has("dtype")) {
    CONVOY_ASSIGN_OR_RETURN(dtype, DTypeFromOnnx(static_cast<int>(node.Int("dtype", 0))));
    if (compute::IsFloat(dtype)) dtype = DType::kFloat32;
  }
  const int64_t k = node.Int("k", 0);
  CONVOY_ASSIGN_OR_RETURN(HostTensor eye,
                          Diagonals(node, dtype, x.shape[0], x.shape[1],
                                    [k](int64_t diagonal) { return diagonal == k; }));
  return node.FinishConstant(std::move(eye));
}

absl::Status ImportTrilu(NodeImport& node) {
  const TensorSpec x = node.spec_of(node.input(0));
  const int rank = x.shape.rank();
  if (rank < 2) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the input has shape %s, but must have at least two dimensions", x.shape.ToString()));
  }
  int64_t k = 0;
  if (node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> given, node.ConstantInts(1));
    if (given.size() != 1) return absl::InvalidArgumentError("k must be a single number");
    k = given[0];
  }
  const bool upper = node.Int("upper", 1) != 0;
  CONVOY_ASSIGN_OR_RETURN(HostTensor mask, Diagonals(node, DType::kBool, x.shape[rank - 2],
                                                     x.shape[rank - 1], [=](int64_t diagonal) {
                                                       return upper ? diagonal >= k : diagonal <= k;
                                                     }));
  const ValueId keep = node.AddConstant(std::move(mask));
  const ValueId zero = node.AddConstant(HostTensor(TensorSpec{x.dtype, Shape{}}));
  return node.Finish(compute::WhereParams{}, {keep, node.input(0), zero});
}

absl::StatusOr<int64_t> ReadDepth(const NodeImport& node) {
  const HostTensor* depth = node.constant(1);
  if (depth == nullptr) {
    return absl::UnimplementedError("depth must be a constant: it decides about shapes");
  }
  const std::vector<int64_t> values = compute::ReadElements<int64_t>(depth->view());
  if (values.size() != 1 || values[0] < 1) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "depth is %s, but must be one number of at least 1", depth->spec().ToString()));
  }
  return values[0];
}

// A class from -depth on counts from the end; one outside of the classes is nowhere on.
absl::Status ImportOneHot(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const int64_t depth, ReadDepth(node));
  const TensorSpec indices = node.spec_of(node.input(0));
  const int rank = indices.shape.rank();
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", -1), rank + 1));
  if (node.shape(2) != Shape{2}) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "values have shape %s, but must be two: off and on", node.shape(2).ToString()));
  }
  Shape column;  // the indices, with an extent of 1 where the classes will be
  Shape classes;
  for (int i = 0; i <= rank; ++i) {
    column.Append(i == axis ? 1 : indices.shape[i < axis ? i : i - 1]);
    if (i >= axis) classes.Append(i == axis ? depth : 1);
  }
  ValueId given = node.input(0);
  if (indices.dtype != DType::kInt64) {
    CONVOY_ASSIGN_OR_RETURN(given, node.Add(compute::CastParams{DType::kInt64}, {given}));
  }
  CONVOY_ASSIGN_OR_RETURN(given, node.Add(ReshapeParams{column}, {given}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId front, AddPositions(node, classes, 0));
  CONVOY_ASSIGN_OR_RETURN(const ValueId back, AddPositions(node, classes, -depth));
  CONVOY_ASSIGN_OR_RETURN(const ValueId is_front,
                          AddBinary(node, BinaryKind::kEqual, given, front));
  CONVOY_ASSIGN_OR_RETURN(const ValueId is_back, AddBinary(node, BinaryKind::kEqual, given, back));
  CONVOY_ASSIGN_OR_RETURN(const ValueId is_on, AddBinary(node, BinaryKind::kOr, is_front, is_back));
  CONVOY_ASSIGN_OR_RETURN(const ValueId off,
                          node.Add(compute::SliceParams{{0}, {1}, {1}}, {node.input(2)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId on,
                          node.Add(compute::SliceParams{{1}, {1}, {1}}, {node.input(2)}));
  return node.Finish(compute::WhereParams{}, {is_on, on, off});
}

// Which step of the input stands at each step of the result: [batch, time, 1].
absl::StatusOr<ValueId> AddReversedSteps(NodeImport& node, int64_t batch, int64_t time) {
  CONVOY_ASSIGN_OR_RETURN(const ValueId steps, AddPositions(node, Shape{1, time}, 0));
  CONVOY_ASSIGN_OR_RETURN(const ValueId one, AddPositions(node, Shape{1, 1}, 1));
  CONVOY_ASSIGN_OR_RETURN(const ValueId length,
                          node.Add(ReshapeParams{Shape{batch, 1}}, {node.input(1)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId inside,
                          AddBinary(node, BinaryKind::kGreater, length, steps));
  CONVOY_ASSIGN_OR_RETURN(const ValueId last, AddBinary(node, BinaryKind::kSub, length, one));
  CONVOY_ASSIGN_OR_RETURN(const ValueId mirrored, AddBinary(node, BinaryKind::kSub, last, steps));
  CONVOY_ASSIGN_OR_RETURN(const ValueId source,
                          node.Add(compute::WhereParams{}, {inside, mirrored, steps}));
  return node.Add(ReshapeParams{Shape{batch, time, 1}}, {source});
}

absl::Status ImportReverseSequence(NodeImport& node) {
  const Shape x = node.shape(0);
  const int64_t time_axis = node.Int("time_axis", 0);
  const int64_t batch_axis = node.Int("batch_axis", 1);
  const bool time_first = time_axis == 0 && batch_axis == 1;
  const bool batch_first = time_axis == 1 && batch_axis == 0;
  if (x.rank() < 2 || !(time_first || batch_first)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("time_axis %d and batch_axis %d of shape %s must be 0 and 1 or 1 and 0",
                        time_axis, batch_axis, x.ToString()));
  }
  const int64_t batch = x[static_cast<int>(batch_axis)];
  if (node.spec_of(node.input(1)) != TensorSpec{DType::kInt64, Shape{batch}}) {
    return absl::InvalidArgumentError(absl::StrFormat("sequence_lens are %s, but must be INT64[%d]",
                                                      node.spec_of(node.input(1)).ToString(),
                                                      batch));
  }
  const int64_t time = x[static_cast<int>(time_axis)];
  CONVOY_ASSIGN_OR_RETURN(const ValueId steps, AddReversedSteps(node, batch, time));
  const compute::GatherParams gather{compute::IndexKind::kTuples, 0, 1};
  if (batch_first) return node.Finish(gather, {node.input(0), steps});
  compute::TransposeParams swap{{1, 0}};
  for (int i = 2; i < x.rank(); ++i) swap.perm.push_back(i);
  CONVOY_ASSIGN_OR_RETURN(const ValueId batches, node.Add(swap, {node.input(0)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId reversed, node.Add(gather, {batches, steps}));
  return node.Finish(swap, {reversed});
}

}  // namespace

std::span<const ImportRule> PositionRules() {
  static constexpr std::array kRules = {
      ImportRule{"EyeLike", 1, 1, ImportEyeLike},
      ImportRule{"OneHot", 3, 3, ImportOneHot},
      ImportRule{"ReverseSequence", 2, 2, ImportReverseSequence},
      ImportRule{"Trilu", 1, 2, ImportTrilu},
  };
  return kRules;
}

}  // namespace convoy::models
