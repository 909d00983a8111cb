// Reductions (Reduce*, ArgMax, ArgMin), Softmax and its kin, TopK and CumSum.
#include <algorithm>
#include <array>
#include <numeric>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::ReduceKind;
using compute::ReduceParams;
using compute::ReshapeParams;
using compute::Shape;
using compute::SoftmaxKind;
using compute::SoftmaxParams;

// Up to opset 12 everything from `axis` on is one row; from opset 13 the axis alone.
absl::Status ImportSoftmaxOf(NodeImport& node, SoftmaxKind kind) {
  const Shape shape = node.shape(0);
  const bool flattens = node.opset() < 13;
  const int64_t given = node.Int("axis", flattens ? 1 : -1);
  const bool single_elements = flattens && given == shape.rank();
  int axis = shape.rank();
  if (!single_elements) {
    CONVOY_ASSIGN_OR_RETURN(axis, ResolveAxis(given, shape.rank()));
  }
  int64_t row = 1;
  for (int i = axis; i < shape.rank(); ++i) row *= shape[i];
  if (!single_elements && (!flattens || row == shape[axis])) {
    return node.Finish(SoftmaxParams{axis, kind}, node.inputs());
  }
  CONVOY_ASSIGN_OR_RETURN(
      const ValueId flat,
      node.Add(ReshapeParams{Shape{shape.elements() / row, row}}, node.inputs()));
  CONVOY_ASSIGN_OR_RETURN(const ValueId result, node.Add(SoftmaxParams{1, kind}, {flat}));
  return node.Finish(ReshapeParams{shape}, {result});
}

absl::Status ImportSoftmax(NodeImport& node) {
  return ImportSoftmaxOf(node, SoftmaxKind::kSoftmax);
}
absl::Status ImportLogSoftmax(NodeImport& node) {
  return ImportSoftmaxOf(node, SoftmaxKind::kLogSoftmax);
}
absl::Status ImportHardmax(NodeImport& node) {
  return ImportSoftmaxOf(node, SoftmaxKind::kHardmax);
}

// The axes are an attribute in old opsets and an input in new ones; none means all, or with
// noop_with_empty_axes that every element stays by itself.
absl::StatusOr<std::vector<int>> ReadAxes(NodeImport& node, int rank) {
  std::vector<int64_t> given = node.Ints("axes");
  if (node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(given, node.ConstantInts(1));
  }
  std::vector<int> axes;
  for (const int64_t axis : given) {
    CONVOY_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis, rank));
    axes.push_back(resolved);
  }
  if (axes.empty() && node.Int("noop_with_empty_axes", 0) == 0) {
    axes.resize(static_cast<size_t>(rank));
    std::iota(axes.begin(), axes.end(), 0);
  }
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

bool CoversImage(const ReduceParams& params, const Shape& x) {
  return x.rank() >= 3 && x.rank() <= 5 && params.axes.size() + 2 == x.dims().size() &&
         params.axes.front() == 2;
}

// The mean and the maximum of an image are a pooling, which every device has a fast kernel for.
absl::Status FinishGlobalPool(NodeImport& node, const ReduceParams& params) {
  const compute::GlobalPoolParams pool{
      params.kind == ReduceKind::kMax ? compute::PoolKind::kMax : compute::PoolKind::kAverage};
  if (params.keep_dims) return node.Finish(pool, {node.input(0)});
  const Shape flat{node.shape(0)[0], node.shape(0)[1]};
  CONVOY_ASSIGN_OR_RETURN(const ValueId pooled, node.Add(pool, {node.input(0)}));
  return node.Finish(ReshapeParams{flat}, {pooled});
}

absl::Status ImportReduce(NodeImport& node, ReduceKind kind, int p = 2) {
  const compute::TensorSpec x = node.spec_of(node.input(0));
  ReduceParams params{.kind = kind, .axes = {}, .keep_dims = node.Int("keepdims", 1) != 0, .p = p};
  CONVOY_ASSIGN_OR_RETURN(params.axes, ReadAxes(node, x.shape.rank()));
  const bool has_real_result = kind == ReduceKind::kLogSum || kind == ReduceKind::kLogSumExp ||
                               (kind == ReduceKind::kLp && p > 1);
  if (has_real_result && !compute::IsFloat(x.dtype)) {
    CONVOY_ASSIGN_OR_RETURN(const ValueId real,
                            node.Add(compute::CastParams{DType::kFloat32}, {node.input(0)}));
    CONVOY_ASSIGN_OR_RETURN(const ValueId result, node.Add(params, {real}));
    return node.Finish(compute::CastParams{x.dtype}, {result});
  }
  const bool pools = kind == ReduceKind::kMean || kind == ReduceKind::kMax;
  if (pools && compute::IsFloat(x.dtype) && CoversImage(params, x.shape)) {
    return FinishGlobalPool(node, params);
  }
  return node.Finish(params, {node.input(0)});
}

absl::Status ImportReduceSum(NodeImport& node) { return ImportReduce(node, ReduceKind::kSum); }
absl::Status ImportReduceMean(NodeImport& node) { return ImportReduce(node, ReduceKind::kMean); }
absl::Status ImportReduceMax(NodeImport& node) { return ImportReduce(node, ReduceKind::kMax); }
absl::Status ImportReduceMin(NodeImport& node) { return ImportReduce(node, ReduceKind::kMin); }
absl::Status ImportReduceProd(NodeImport& node) { return ImportReduce(node, ReduceKind::kProd); }
absl::Status ImportReduceL1(NodeImport& node) { return ImportReduce(node, ReduceKind::kLp, 1); }
absl::Status ImportReduceL2(NodeImport& node) { return ImportReduce(node, ReduceKind::kLp, 2); }
absl::Status ImportReduceSumSquare(NodeImport& node) {
  return ImportReduce(node, ReduceKind::kSumSquare);
}
absl::Status ImportReduceLogSum(NodeImport& node) {
  return ImportReduce(node, ReduceKind::kLogSum);
}
absl::Status ImportReduceLogSumExp(NodeImport& node) {
  return ImportReduce(node, ReduceKind::kLogSumExp);
}

absl::Status ImportArg(NodeImport& node, bool smallest) {
  compute::ArgMaxParams params{.smallest = smallest};
  CONVOY_ASSIGN_OR_RETURN(params.axis, ResolveAxis(node.Int("axis", 0), node.shape(0).rank()));
  params.keep_dims = node.Int("keepdims", 1) != 0;
  params.select_last = node.Int("select_last_index", 0) != 0;
  return node.Finish(params, {node.input(0)});
}
absl::Status ImportArgMax(NodeImport& node) { return ImportArg(node, false); }
absl::Status ImportArgMin(NodeImport& node) { return ImportArg(node, true); }

// k is an attribute up to opset 9 and an input from opset 10. Convoy's result is sorted always.
absl::Status ImportTopK(NodeImport& node) {
  compute::TopKParams params;
  CONVOY_ASSIGN_OR_RETURN(params.axis, ResolveAxis(node.Int("axis", -1), node.shape(0).rank()));
  params.k = node.Int("k", 0);
  if (node.opset() >= 10) {
    if (!node.has_input(1)) return absl::InvalidArgumentError("input 1, k, must be given");
    CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> k, node.ConstantInts(1));
    if (k.size() != 1) {
      return absl::InvalidArgumentError(
          absl::StrFormat("input 1 has %d values where one is asked for", k.size()));
    }
    params.k = k[0];
  }
  params.smallest = node.Int("largest", 1) == 0;
  return node.FinishAll(params, {node.input(0)});
}

absl::Status ImportCumSum(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> axis, node.ConstantInts(1));
  if (axis.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input 1 has %d values where one is asked for", axis.size()));
  }
  compute::CumSumParams params;
  CONVOY_ASSIGN_OR_RETURN(params.axis, ResolveAxis(axis[0], node.shape(0).rank()));
  params.exclusive = node.Int("exclusive", 0) != 0;
  params.reverse = node.Int("reverse", 0) != 0;
  return node.Finish(params, {node.input(0)});
}

}  // namespace

std::span<const ImportRule> ReduceRules() {
  static constexpr std::array kRules = {
      ImportRule{"Softmax", 1, 1, ImportSoftmax},
      ImportRule{"LogSoftmax", 1, 1, ImportLogSoftmax},
      ImportRule{"Hardmax", 1, 1, ImportHardmax},
      ImportRule{"ReduceSum", 1, 2, ImportReduceSum},
      ImportRule{"ReduceMean", 1, 2, ImportReduceMean},
      ImportRule{"ReduceMax", 1, 2, ImportReduceMax},
      ImportRule{"ReduceMin", 1, 2, ImportReduceMin},
      ImportRule{"ReduceProd", 1, 2, ImportReduceProd},
      ImportRule{"ReduceL1", 1, 2, ImportReduceL1},
      ImportRule{"ReduceL2", 1, 2, ImportReduceL2},
      ImportRule{"ReduceSumSquare", 1, 2, ImportReduceSumSquare},
      ImportRule{"ReduceLogSum", 1, 2, ImportReduceLogSum},
      ImportRule{"ReduceLogSumExp", 1, 2, ImportReduceLogSumExp},
      ImportRule{"ArgMax", 1, 1, ImportArgMax},
      ImportRule{"ArgMin", 1, 1, ImportArgMin},
      ImportRule{"TopK", 1, 2, ImportTopK},
      ImportRule{"CumSum", 2, 2, ImportCumSum},
  };
  return kRules;
}

}  // namespace convoy::models
