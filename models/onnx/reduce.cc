// Softmax, and ReduceMean over the whole image.
#include <algorithm>
#include <array>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::Shape;
using compute::SoftmaxParams;

// Up to opset 12 everything from `axis` on is one row; from opset 13 the axis alone.
absl::Status ImportSoftmax(NodeImport& node) {
  const Shape shape = node.shape(0);
  const bool flattens = node.opset() < 13;
  const int64_t given = node.Int("axis", flattens ? 1 : -1);
  if (flattens && given == shape.rank()) {
    return absl::UnimplementedError("a softmax over no dimension is not supported");
  }
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(given, shape.rank()));
  int64_t behind = 1;
  for (int i = axis + 1; i < shape.rank(); ++i) behind *= shape[i];
  if (!flattens || behind == 1) return node.Finish(SoftmaxParams{axis}, node.inputs());
  const int64_t row = behind * shape[axis];
  CONVOY_ASSIGN_OR_RETURN(
      const ValueId flat,
      node.Add(compute::ReshapeParams{Shape{shape.elements() / row, row}}, node.inputs()));
  CONVOY_ASSIGN_OR_RETURN(const ValueId result, node.Add(SoftmaxParams{1}, {flat}));
  return node.Finish(compute::ReshapeParams{shape}, {result});
}

// The axes are an attribute up to opset 17 and an input from opset 18; none means all.
absl::StatusOr<std::vector<int>> MeanAxes(NodeImport& node, int rank) {
  std::vector<int64_t> given = node.Ints("axes");
  if (node.opset() >= 18 && node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(given, node.ConstantInts(1));
  }
  std::vector<int> axes;
  for (const int64_t axis : given) {
    CONVOY_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis, rank));
    axes.push_back(resolved);
  }
  std::sort(axes.begin(), axes.end());
  return axes;
}

absl::Status ImportReduceMean(NodeImport& node) {
  const Shape& shape = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int> axes, MeanAxes(node, shape.rank()));
  if (axes.empty() && node.Int("noop_with_empty_axes", 0) != 0) return node.Alias(node.input(0));
  bool spatial = shape.rank() >= 3 && static_cast<int>(axes.size()) == shape.rank() - 2;
  for (size_t i = 0; spatial && i < axes.size(); ++i) spatial = axes[i] == static_cast<int>(i) + 2;
  if (!spatial) {
    return absl::UnimplementedError(absl::StrFormat(
        "the mean of a tensor of shape %s is supported over all spatial dimensions only",
        shape.ToString()));
  }
  const compute::GlobalPoolParams pool{compute::PoolKind::kAverage};
  if (node.Int("keepdims", 1) != 0) return node.Finish(pool, {node.input(0)});
  const Shape flat{shape[0], shape[1]};
  CONVOY_ASSIGN_OR_RETURN(const ValueId mean, node.Add(pool, {node.input(0)}));
  return node.Finish(compute::ReshapeParams{flat}, {mean});
}

}  // namespace

std::span<const ImportRule> ReduceRules() {
  static constexpr std::array kRules = {
      ImportRule{"Softmax", 1, 1, ImportSoftmax},
      ImportRule{"ReduceMean", 1, 2, ImportReduceMean},
  };
  return kRules;
}

}  // namespace convoy::models
