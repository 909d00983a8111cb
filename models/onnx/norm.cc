// Normalisations: batch, layer, group, instance, RMS, mean-variance, local response and Lp.
#include <algorithm>
#include <array>
#include <numeric>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::NormalizeKind;
using compute::NormalizeParams;
using compute::ReshapeParams;
using compute::Shape;

absl::Status ImportBatchNormalization(NodeImport& node) {
  if (node.Int("training_mode", 0) != 0) {
    return absl::UnimplementedError("training_mode is 1; only inference (0) is supported");
  }
  if (node.Int("spatial", 1) != 1) {  // opsets 7 and 8
    return absl::UnimplementedError("spatial is 0; only one mean a channel (1) is supported");
  }
  if (node.opset() < 7 && node.Int("is_test", 0) == 0) {
    return absl::UnimplementedError("is_test is 0; only inference (1) is supported");
  }
  return node.Finish(compute::BatchNormParams{node.Float("epsilon", 1e-5F)}, node.inputs());
}

// Scale and bias of shapes that the operator does not take are multiplied and added behind it.
absl::Status FinishByBroadcast(NodeImport& node, const NormalizeParams& params) {
  CONVOY_ASSIGN_OR_RETURN(std::vector<ValueId> values, node.AddAll(params, {node.input(0)}));
  for (const int i : {1, 2}) {
    if (!node.has_input(i)) continue;
    const auto kind = i == 1 ? compute::BinaryKind::kMul : compute::BinaryKind::kAdd;
    CONVOY_ASSIGN_OR_RETURN(values[0],
                            node.Add(compute::BinaryParams{kind, {}}, {values[0], node.input(i)}));
  }
  return node.FinishValues(std::move(values));
}

// Everything from `axis` on is one set.
absl::Status ImportFromAxis(NodeImport& node, NormalizeKind kind) {
  const Shape x = node.shape(0);
  NormalizeParams params{.kind = kind, .epsilon = node.Float("epsilon", 1e-5F)};
  CONVOY_ASSIGN_OR_RETURN(params.axis, ResolveAxis(node.Int("axis", -1), x.rank()));
  params.statistics = node.has_output(1) || node.has_output(2);
  std::vector<ValueId> inputs{node.input(0)};
  for (const int i : {1, 2}) {
    if (!node.has_input(i)) continue;
    if (!AffineOf(node.shape(i), x).ok()) return FinishByBroadcast(node, params);
    inputs.push_back(node.input(i));
  }
  params.has_scale = node.has_input(1);
  params.has_bias = node.has_input(2);
  return node.FinishAll(params, inputs);
}

absl::Status ImportLayerNormalization(NodeImport& node) {
  return ImportFromAxis(node, NormalizeKind::kMeanVariance);
}
absl::Status ImportRmsNormalization(NodeImport& node) {
  return ImportFromAxis(node, NormalizeKind::kRootMeanSquare);
}

// A list of numbers, one for every `repeats` channels, as a factor of x: [C, 1, ...].
absl::StatusOr<ValueId> PerChannel(NodeImport& node, int input, int64_t repeats) {
  const Shape x = node.shape(0);
  const int64_t entries = x[1] / repeats;
  if (node.shape(input) != Shape{entries}) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %d has shape %s, but must have %d entries", input,
                        node.shape(input).ToString(), entries));
  }
  ValueId list = node.input(input);
  if (repeats > 1) {
    CONVOY_ASSIGN_OR_RETURN(compute::HostTensor zeros,
                            node.MakeConstant({compute::DType::kFloat32, Shape{entries, repeats}}));
    CONVOY_ASSIGN_OR_RETURN(list, node.Add(ReshapeParams{Shape{entries, 1}}, {list}));
    CONVOY_ASSIGN_OR_RETURN(list, node.Add(compute::BinaryParams{compute::BinaryKind::kAdd, {}},
                                           {list, node.AddConstant(std::move(zeros))}));
  }
  Shape factor{x[1]};
  for (int i = 2; i < x.rank(); ++i) factor.Append(1);
  return node.Add(ReshapeParams{factor}, {list});
}

absl::Status FinishGroups(NodeImport& node, int64_t groups, int64_t repeats) {
  const NormalizeParams params{.axis = 1,
                               .groups = groups,
                               .epsilon = node.Float("epsilon", 1e-5F),
                               .has_scale = true,
                               .has_bias = true};
  CONVOY_ASSIGN_OR_RETURN(const ValueId scale, PerChannel(node, 1, repeats));
  CONVOY_ASSIGN_OR_RETURN(const ValueId bias, PerChannel(node, 2, repeats));
  return node.Finish(params, {node.input(0), scale, bias});
}

absl::Status CheckChannels(const Shape& x) {
  if (x.rank() >= 3) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "the input has shape %s; asked for are batch, channels and an image", x.ToString()));
}

absl::Status ImportInstanceNormalization(NodeImport& node) {
  CONVOY_RETURN_IF_ERROR(CheckChannels(node.shape(0)));
  return FinishGroups(node, node.shape(0)[1], 1);
}

// Scale and bias are a group's up to opset 20 and a channel's from opset 21.
absl::Status ImportGroupNormalization(NodeImport& node) {
  const Shape x = node.shape(0);
  CONVOY_RETURN_IF_ERROR(CheckChannels(x));
  const int64_t groups = node.Int("num_groups", 0);
  if (groups < 1 || x[1] % groups != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("num_groups is %d; asked for is a divisor of %d channels", groups, x[1]));
  }
  return FinishGroups(node, groups, node.opset() < 21 ? x[1] / groups : 1);
}

// Axes that the sets leave out come first: [kept...][set...]. Axes of extent 1 stay where they are.
std::vector<int> SetsLast(const Shape& x, const std::vector<bool>& in_set) {
  std::vector<int> perm(static_cast<size_t>(x.rank()));
  std::iota(perm.begin(), perm.end(), 0);
  std::stable_partition(perm.begin(), perm.end(),
                        [&](int axis) { return !in_set[static_cast<size_t>(axis)]; });
  return perm;
}

// ONNX divides by the deviation plus 1e-9: the same as this epsilon of the variance where either
// matters.
absl::Status ImportMeanVarianceNormalization(NodeImport& node) {
  const Shape x = node.shape(0);
  std::vector<int64_t> given = node.Ints("axes");
  if (!node.Has("axes")) given = {0, 2, 3};
  std::vector<bool> in_set(static_cast<size_t>(x.rank()), false);
  for (const int64_t axis : given) {
    CONVOY_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis, x.rank()));
    in_set[static_cast<size_t>(resolved)] = x[resolved] > 1;
  }
  const auto set_axes = static_cast<int>(std::count(in_set.begin(), in_set.end(), true));
  if (set_axes == 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("axes name no dimension beyond 1 of shape %s", x.ToString()));
  }
  const std::vector<int> perm = SetsLast(x, in_set);
  const NormalizeParams params{.axis = x.rank() - set_axes, .epsilon = 1e-18F};
  if (std::is_sorted(perm.begin(), perm.end())) return node.Finish(params, {node.input(0)});
  compute::TransposeParams back;
  back.perm.resize(perm.size());
  for (size_t i = 0; i < perm.size(); ++i) {
    back.perm[static_cast<size_t>(perm[i])] = static_cast<int>(i);
  }
  CONVOY_ASSIGN_OR_RETURN(const ValueId moved,
                          node.Add(compute::TransposeParams{perm}, {node.input(0)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId normal, node.Add(params, {moved}));
  return node.Finish(back, {normal});
}

absl::Status ImportLrn(NodeImport& node) {
  compute::LrnParams params;
  params.size = node.Int("size", 0);
  params.alpha = node.Float("alpha", 1e-4F);
  params.beta = node.Float("beta", 0.75F);
  params.bias = node.Float("bias", 1);
  return node.Finish(params, {node.input(0)});
}

// x over its norm.
absl::Status ImportLpNormalization(NodeImport& node) {
  const int64_t p = node.Int("p", 2);
  if (p != 1 && p != 2) {
    return absl::InvalidArgumentError(absl::StrFormat("p is %d; allowed are 1 and 2", p));
  }
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", -1), node.shape(0).rank()));
  const compute::ReduceParams norm{
      .kind = compute::ReduceKind::kLp, .axes = {axis}, .p = static_cast<int>(p)};
  CONVOY_ASSIGN_OR_RETURN(const ValueId norms, node.Add(norm, {node.input(0)}));
  return node.Finish(compute::BinaryParams{compute::BinaryKind::kDiv, {}}, {node.input(0), norms});
}

}  // namespace

std::span<const ImportRule> NormRules() {
  static constexpr std::array kRules = {
      ImportRule{"BatchNormalization", 5, 5, ImportBatchNormalization},
      ImportRule{"LayerNormalization", 2, 3, ImportLayerNormalization},
      ImportRule{"RMSNormalization", 2, 2, ImportRmsNormalization},
      ImportRule{"GroupNormalization", 3, 3, ImportGroupNormalization},
      ImportRule{"InstanceNormalization", 3, 3, ImportInstanceNormalization},
      ImportRule{"MeanVarianceNormalization", 1, 1, ImportMeanVarianceNormalization},
      ImportRule{"LRN", 1, 1, ImportLrn},
      ImportRule{"LpNormalization", 1, 1, ImportLpNormalization},
  };
  return kRules;
}

}  // namespace convoy::models
