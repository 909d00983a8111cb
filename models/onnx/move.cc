// Concat, Expand, Tile, Pad, Transpose, DepthToSpace and SpaceToDepth.
#include <algorithm>
#include <array>
#include <numeric>

#include "compute/base/checked.h"
#include "compute/base/quote.h"
#include "compute/ops/elements.h"
#include "compute/ops/op_rules.h"
#include "models/onnx/node_import.h"
#include "models/onnx/onnx_model.h"

namespace convoy::models {
namespace {

using compute::PadMode;
using compute::PadParams;
using compute::Quote;
using compute::ReshapeParams;
using compute::Shape;
using compute::TransposeParams;

// Parts without elements, which shape arithmetic has, add nothing.
absl::Status ImportConcat(NodeImport& node) {
  Shape result = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 1), result.rank()));
  std::vector<ValueId> parts;
  for (const ValueId input : node.inputs()) {
    if (node.spec_of(input).elements() > 0) parts.push_back(input);
  }
  if (!parts.empty()) return node.Finish(compute::ConcatParams{axis}, std::move(parts));
  for (size_t i = 1; i < node.inputs().size(); ++i) {
    const Shape part = node.shape(static_cast<int>(i));
    if (part.rank() != result.rank()) continue;
    const auto sum = compute::CheckedAdd(result[axis], part[axis]);
    if (!sum.has_value()) return absl::InvalidArgumentError("the parts' extents add up too high");
    result[axis] = *sum;
  }
  return node.FinishEmpty(node.spec_of(node.input(0)).dtype, result);
}

absl::Status ImportExpand(NodeImport& node) {
  const compute::TensorSpec x = node.spec_of(node.input(0));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> dims, node.ConstantInts(1));
  if (dims.size() > static_cast<size_t>(kMaxOnnxRank)) {
    return absl::UnimplementedError(absl::StrFormat(
        "the shape has %d dimensions; at most %d are supported", dims.size(), kMaxOnnxRank));
  }
  CONVOY_ASSIGN_OR_RETURN(const Shape shape,
                          compute::BroadcastShapes("Expand", x.shape, Shape(dims)));
  if (shape == x.shape) return node.Finish(ReshapeParams{shape}, {node.input(0)});
  return node.Finish(compute::ExpandParams{shape}, {node.input(0)});
}

// One axis after the other: what lies at an axis and behind it is a block that is written
// `repeats` times.
absl::Status ImportTile(NodeImport& node) {
  Shape shape = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> repeats, node.ConstantInts(1));
  if (static_cast<int>(repeats.size()) != shape.rank()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "repeats has %d values where %d are asked for", repeats.size(), shape.rank()));
  }
  ValueId value = node.input(0);
  int64_t outer = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t times = repeats[static_cast<size_t>(axis)];
    if (times != 1) {
      const int64_t block = shape.elements() / outer;
      CONVOY_ASSIGN_OR_RETURN(value, node.Add(ReshapeParams{Shape{outer, 1, block}}, {value}));
      const Shape repeated{outer, times, block};
      CONVOY_ASSIGN_OR_RETURN(value, node.Add(compute::ExpandParams{repeated}, {value}));
      shape[axis] *= times;
    }
    outer *= shape[axis];
  }
  return node.Finish(ReshapeParams{shape}, {value});
}

absl::StatusOr<PadMode> ReadPadMode(NodeImport& node) {
  const std::string mode = node.String("mode", "constant");
  if (mode == "constant") return PadMode::kConstant;
  if (mode == "reflect") return PadMode::kReflect;
  if (mode == "edge") return PadMode::kEdge;
  if (mode == "wrap") return PadMode::kWrap;
  return absl::InvalidArgumentError(
      absl::StrFormat("mode is %s; there are constant, reflect, edge and wrap", Quote(mode)));
}

// One element of any type.
absl::StatusOr<double> ReadPadValue(const NodeImport& node) {
  if (!node.has_input(2)) return 0;
  const compute::HostTensor* value = node.constant(2);
  if (value == nullptr) return absl::UnimplementedError("input 2 must be a constant");
  if (value->spec().elements() != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input 2 is %s where one element is asked for", value->spec().ToString()));
  }
  return compute::ReadElements<double>(value->view())[0];
}

// Pads and value are attributes up to opset 10 and inputs from opset 11; axes came with opset 18.
absl::Status ImportPad(NodeImport& node) {
  const int rank = node.shape(0).rank();
  PadParams params;
  CONVOY_ASSIGN_OR_RETURN(params.mode, ReadPadMode(node));
  std::vector<int64_t> pads = node.Ints("pads");
  std::vector<int64_t> axes(static_cast<size_t>(rank));
  std::iota(axes.begin(), axes.end(), 0);
  params.value = node.Float("value", 0);
  if (node.opset() >= 11) {
    if (!node.has_input(1)) return absl::InvalidArgumentError("pads must be given");
    CONVOY_ASSIGN_OR_RETURN(pads, node.ConstantInts(1));
    CONVOY_ASSIGN_OR_RETURN(params.value, ReadPadValue(node));
    if (node.has_input(3)) {
      CONVOY_ASSIGN_OR_RETURN(axes, node.ConstantInts(3));
    }
  }
  if (pads.size() != 2 * axes.size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("pads has %d values where %d are asked for", pads.size(), 2 * axes.size()));
  }
  params.begins.assign(static_cast<size_t>(rank), 0);
  params.ends.assign(static_cast<size_t>(rank), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(axes[i], rank));
    params.begins[static_cast<size_t>(axis)] = pads[i];
    params.ends[static_cast<size_t>(axis)] = pads[axes.size() + i];
  }
  return node.Finish(std::move(params), {node.input(0)});
}

absl::Status ImportTranspose(NodeImport& node) {
  const int rank = node.shape(0).rank();
  TransposeParams params;
  for (const int64_t axis : node.Ints("perm")) {
    CONVOY_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis, rank));
    params.perm.push_back(resolved);
  }
  if (params.perm.empty()) {
    for (int axis = rank; axis-- > 0;) params.perm.push_back(axis);
  }
  return node.Finish(std::move(params), {node.input(0)});
}

// Reshape, transpose, reshape: what moving blocks between channels and pixels is made of.
absl::Status FinishBlocks(NodeImport& node, const Shape& split, std::vector<int> perm,
                          const Shape& result) {
  CONVOY_ASSIGN_OR_RETURN(const ValueId parts, node.Add(ReshapeParams{split}, {node.input(0)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId moved, node.Add(TransposeParams{std::move(perm)}, {parts}));
  return node.Finish(ReshapeParams{result}, {moved});
}

absl::StatusOr<int64_t> ReadBlockSize(NodeImport& node) {
  const int64_t block = node.Int("blocksize", 0);
  if (node.shape(0).rank() != 4 || block < 1 || block > compute::kMaxWindowExtent) {
    return absl::InvalidArgumentError(
        absl::StrFormat("blocksize %d with an input of shape %s; asked for are 1 to %d and rank 4",
                        block, node.shape(0).ToString(), compute::kMaxWindowExtent));
  }
  return block;
}

absl::Status ImportDepthToSpace(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const int64_t b, ReadBlockSize(node));
  const Shape x = node.shape(0);
  const std::string mode = node.String("mode", "DCR");
  if (x[1] % (b * b) != 0 || (mode != "DCR" && mode != "CRD")) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%d channels in mode %s; asked for are a multiple of %d and mode DCR or CRD", x[1],
        Quote(mode), b * b));
  }
  const int64_t c = x[1] / (b * b);
  const Shape result{x[0], c, x[2] * b, x[3] * b};
  if (mode == "DCR") {
    return FinishBlocks(node, {x[0], b, b, c, x[2], x[3]}, {0, 3, 4, 1, 5, 2}, result);
  }
  return FinishBlocks(node, {x[0], c, b, b, x[2], x[3]}, {0, 1, 4, 2, 5, 3}, result);
}

absl::Status ImportSpaceToDepth(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const int64_t b, ReadBlockSize(node));
  const Shape x = node.shape(0);
  if (x[2] % b != 0 || x[3] % b != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("an image of %dx%d cannot be cut into blocks of %dx%d", x[2], x[3], b, b));
  }
  return FinishBlocks(node, {x[0], x[1], x[2] / b, b, x[3] / b, b}, {0, 3, 5, 1, 2, 4},
                      {x[0], x[1] * b * b, x[2] / b, x[3] / b});
}

}  // namespace

std::span<const ImportRule> MoveRules() {
  static constexpr std::array kRules = {
      ImportRule{"Concat", 1, kAnyCount, ImportConcat},
      ImportRule{"Expand", 2, 2, ImportExpand},
      ImportRule{"Tile", 2, 2, ImportTile},
      ImportRule{"Pad", 1, 4, ImportPad},
      ImportRule{"Transpose", 1, 1, ImportTranspose},
      ImportRule{"DepthToSpace", 1, 1, ImportDepthToSpace},
      ImportRule{"SpaceToDepth", 1, 1, ImportSpaceToDepth},
  };
  return kRules;
}

}  // namespace convoy::models
