// Operators that keep the elements as they are: Reshape, Flatten, Squeeze, Unsqueeze, Identity,
// Dropout.
#include <algorithm>
#include <array>

#include "compute/base/checked.h"
#include "compute/ops/elements.h"
#include "models/onnx/node_import.h"
#include "models/onnx/onnx_model.h"

namespace convoy::models {
namespace {

using compute::HostTensor;
using compute::ReshapeParams;
using compute::Shape;

// Input 0 under another shape.
absl::Status FinishReshape(NodeImport& node, const Shape& shape) {
  const compute::TensorSpec x = node.spec_of(node.input(0));
  if (x.elements() == 0) return node.FinishEmpty(x.dtype, shape);
  return node.Finish(ReshapeParams{shape}, {node.input(0)});
}

// 0 copies the input's dimension (unless allow_zero), one -1 stands for what is left.
absl::StatusOr<Shape> ReshapeTarget(const Shape& from, std::vector<int64_t> dims, bool allow_zero) {
  if (dims.size() > static_cast<size_t>(kMaxOnnxRank)) {
    return absl::UnimplementedError(absl::StrFormat(
        "the shape has %d dimensions; at most %d are supported", dims.size(), kMaxOnnxRank));
  }
  int unknown = -1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && !allow_zero && static_cast<int>(i) < from.rank()) {
      dims[i] = from[static_cast<int>(i)];
    }
    if (dims[i] != -1) continue;
    if (unknown >= 0) return absl::InvalidArgumentError("the shape has more than one -1");
    unknown = static_cast<int>(i);
    dims[i] = 1;
  }
  const std::optional<int64_t> known = compute::CheckedProduct(dims);
  const int64_t elements = from.elements();
  const bool fits = known.has_value() &&
                    (unknown < 0 ? *known == elements : *known > 0 && elements % *known == 0);
  if (!fits) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the %d elements of shape %s do not fit the shape %s%s", elements, from.ToString(),
        Shape(dims).ToString(), unknown < 0 ? "" : " times an unknown dimension"));
  }
  if (unknown >= 0) dims[static_cast<size_t>(unknown)] = elements / *known;
  return Shape(dims);
}

absl::Status ImportReshape(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(std::vector<int64_t> dims, node.ConstantInts(1));
  CONVOY_ASSIGN_OR_RETURN(const Shape target, ReshapeTarget(node.shape(0), std::move(dims),
                                                            node.Int("allowzero", 0) != 0));
  return FinishReshape(node, target);
}

absl::Status ImportFlatten(NodeImport& node) {
  const Shape from = node.shape(0);
  const int64_t given = node.Int("axis", 1);
  int axis = from.rank();  // allowed: everything in front
  if (given != from.rank()) {
    CONVOY_ASSIGN_OR_RETURN(axis, ResolveAxis(given, from.rank()));
  }
  Shape to{1, 1};
  for (int i = 0; i < from.rank(); ++i) to[i < axis ? 0 : 1] *= from[i];
  return FinishReshape(node, to);
}

// The axes are an attribute up to opset 12 and an input from opset 13.
absl::StatusOr<std::vector<int>> ReadAxes(NodeImport& node, int rank) {
  std::vector<int64_t> given = node.Ints("axes");
  if (node.opset() >= 13 && node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(given, node.ConstantInts(1));
  }
  std::vector<int> axes;
  for (const int64_t axis : given) {
    CONVOY_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis, rank));
    if (std::find(axes.begin(), axes.end(), resolved) != axes.end()) {
      return absl::InvalidArgumentError(absl::StrFormat("axis %d is given twice", resolved));
    }
    axes.push_back(resolved);
  }
  return axes;
}

absl::Status ImportSqueeze(NodeImport& node) {
  const Shape from = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int> axes, ReadAxes(node, from.rank()));
  Shape to;
  for (int i = 0; i < from.rank(); ++i) {
    const bool listed = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (listed && from[i] != 1) {
      return absl::InvalidArgumentError(
          absl::StrFormat("axis %d of shape %s has more than one element", i, from.ToString()));
    }
    if (!listed && !(axes.empty() && from[i] == 1)) to.Append(from[i]);
  }
  return FinishReshape(node, to);
}

absl::Status ImportUnsqueeze(NodeImport& node) {
  const Shape from = node.shape(0);
  // Axes count in the result, whose rank is the input's and the number of axes together.
  const size_t added = node.opset() >= 13 && node.constant(1) != nullptr
                           ? static_cast<size_t>(node.constant(1)->spec().elements())
                           : node.Ints("axes").size();
  const size_t rank = static_cast<size_t>(from.rank()) + added;
  if (added == 0 || rank > static_cast<size_t>(kMaxOnnxRank)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d axes for shape %s are not from 1 up to a rank of %d", added,
                        from.ToString(), kMaxOnnxRank));
  }
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int> axes, ReadAxes(node, static_cast<int>(rank)));
  Shape to;
  int next = 0;
  for (int i = 0; i < static_cast<int>(rank); ++i) {
    const bool listed = std::find(axes.begin(), axes.end(), i) != axes.end();
    to.Append(listed ? 1 : from[next++]);
  }
  return FinishReshape(node, to);
}

// A pass removes the reshape to the same shape.
absl::Status ImportIdentity(NodeImport& node) {
  if (node.constant(0) != nullptr) return node.Alias(node.input(0));
  return node.Finish(ReshapeParams{node.shape(0)}, {node.input(0)});
}

absl::Status ImportDropout(NodeImport& node) {
  if (node.has_input(2)) {
    const HostTensor* training = node.constant(2);
    if (training == nullptr || training->bytes().empty() || training->bytes()[0] != std::byte{0}) {
      return absl::UnimplementedError("training_mode must be the constant false");
    }
  }
  if (!node.has_output(1)) return ImportIdentity(node);
  // Nothing is dropped: a mask of ones, BOOL from opset 10 on.
  const Shape shape = node.shape(0);
  const auto dtype = node.opset() < 10 ? compute::DType::kFloat32 : compute::DType::kBool;
  CONVOY_ASSIGN_OR_RETURN(HostTensor mask, node.MakeConstant({dtype, shape}));
  compute::VisitElements(mask.mutable_view(), []<typename T>(std::span<T> values) {
    std::fill(values.begin(), values.end(), compute::CastElement<T>(1));
  });
  CONVOY_ASSIGN_OR_RETURN(const ValueId y, node.Add(ReshapeParams{shape}, {node.input(0)}));
  return node.FinishValues({y, node.AddConstant(std::move(mask))});
}

}  // namespace

std::span<const ImportRule> ReshapeRules() {
  static constexpr std::array kRules = {
      ImportRule{"Reshape", 2, 2, ImportReshape},   ImportRule{"Flatten", 1, 1, ImportFlatten},
      ImportRule{"Squeeze", 1, 2, ImportSqueeze},   ImportRule{"Unsqueeze", 1, 2, ImportUnsqueeze},
      ImportRule{"Identity", 1, 1, ImportIdentity}, ImportRule{"Dropout", 1, 3, ImportDropout},
  };
  return kRules;
}

}  // namespace convoy::models
