// Concat, Slice, Pad, Transpose, DepthToSpace and SpaceToDepth.
#include <algorithm>
#include <array>
#include <numeric>

#include "compute/base/quote.h"
#include "models/onnx/integers.h"
#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::PadMode;
using compute::PadParams;
using compute::Quote;
using compute::ReshapeParams;
using compute::Shape;
using compute::SliceParams;
using compute::TransposeParams;

absl::Status ImportConcat(NodeImport& node) {
  std::vector<int64_t> integers;
  bool all_integers = true;
  for (int i = 0; all_integers && i < static_cast<int>(node.inputs().size()); ++i) {
    const auto part = IntegersOf(node, i);
    all_integers = part.has_value() && node.shape(i).rank() == 1;
    if (all_integers) integers.insert(integers.end(), part->begin(), part->end());
  }
  if (all_integers) return FinishIntegers(node, integers, false);
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 1), node.shape(0).rank()));
  return node.Finish(compute::ConcatParams{axis}, node.inputs());
}

// Starts, ends, axes and steps as the model gives them.
struct SliceArguments {
  std::vector<int64_t> starts, ends, axes, steps;
};

// Attributes up to opset 9, inputs from opset 10.
absl::StatusOr<SliceArguments> ReadSlice(NodeImport& node) {
  SliceArguments slice;
  if (node.opset() < 10) {
    slice = {node.Ints("starts"), node.Ints("ends"), node.Ints("axes"), {}};
  } else {
    if (!node.has_input(1) || !node.has_input(2)) {
      return absl::InvalidArgumentError("starts and ends must be given");
    }
    CONVOY_ASSIGN_OR_RETURN(slice.starts, node.ConstantInts(1));
    CONVOY_ASSIGN_OR_RETURN(slice.ends, node.ConstantInts(2));
    if (node.has_input(3)) {
      CONVOY_ASSIGN_OR_RETURN(slice.axes, node.ConstantInts(3));
    }
    if (node.has_input(4)) {
      CONVOY_ASSIGN_OR_RETURN(slice.steps, node.ConstantInts(4));
    }
  }
  const size_t count = slice.starts.size();
  if (slice.axes.empty()) {
    slice.axes.resize(count);
    std::iota(slice.axes.begin(), slice.axes.end(), 0);
  }
  if (slice.steps.empty()) slice.steps.assign(count, 1);
  if (slice.ends.size() != count || slice.axes.size() != count || slice.steps.size() != count) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "starts, ends, axes and steps have %d, %d, %d and %d values; they must be as many", count,
        slice.ends.size(), slice.axes.size(), slice.steps.size()));
  }
  return slice;
}

// One dimension: negative indices count from the end, what lies outside is clamped.
absl::Status ResolveSliceAxis(int64_t start, int64_t end, int64_t step, int axis,
                              const Shape& shape, SliceParams& params) {
  if (step == 0) return absl::InvalidArgumentError("a step of 0 does not move");
  const int64_t extent = shape[axis];
  step = std::clamp(step, -extent - 1, extent + 1);  // beyond it, one element is left either way
  if (start < 0) start += extent;
  if (end < 0) end += extent;
  const int64_t low = step > 0 ? 0 : -1;
  start = std::clamp<int64_t>(start, 0, step > 0 ? extent : extent - 1);
  end = std::clamp<int64_t>(end, low, step > 0 ? extent : extent - 1);
  const int64_t span = step > 0 ? end - start : start - end;
  const int64_t stride = step > 0 ? step : -step;
  const size_t at = static_cast<size_t>(axis);
  params.starts[at] = start;
  params.steps[at] = step;
  params.sizes[at] = span <= 0 ? 0 : (span + stride - 1) / stride;
  if (params.sizes[at] > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("nothing is left of axis %d of shape %s", axis, shape.ToString()));
}

// True when the node cut a list of integers.
bool SliceIntegers(NodeImport& node, const SliceParams& params) {
  const auto values = IntegersOf(node, 0);
  if (!values.has_value() || params.starts.size() != 1) return false;
  std::vector<int64_t> cut;
  for (int64_t i = 0; i < params.sizes[0]; ++i) {
    cut.push_back((*values)[static_cast<size_t>(params.starts[0] + i * params.steps[0])]);
  }
  return FinishIntegers(node, cut, false).ok();
}

absl::Status ImportSlice(NodeImport& node) {
  const Shape shape = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const SliceArguments slice, ReadSlice(node));
  SliceParams params;
  const size_t rank = static_cast<size_t>(shape.rank());
  params.starts.assign(rank, 0);
  params.steps.assign(rank, 1);
  params.sizes.assign(shape.dims().begin(), shape.dims().end());
  for (size_t i = 0; i < slice.starts.size(); ++i) {
    CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(slice.axes[i], shape.rank()));
    CONVOY_RETURN_IF_ERROR(
        ResolveSliceAxis(slice.starts[i], slice.ends[i], slice.steps[i], axis, shape, params));
  }
  if (SliceIntegers(node, params)) return absl::OkStatus();
  return node.Finish(std::move(params), {node.input(0)});
}

absl::StatusOr<PadMode> ReadPadMode(NodeImport& node) {
  const std::string mode = node.String("mode", "constant");
  if (mode == "constant") return PadMode::kConstant;
  if (mode == "reflect") return PadMode::kReflect;
  if (mode == "edge") return PadMode::kEdge;
  return absl::UnimplementedError(
      absl::StrFormat("mode is %s; supported are constant, reflect and edge", Quote(mode)));
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
    CONVOY_ASSIGN_OR_RETURN(params.value, node.ConstantScalar(2, 0));
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
      ImportRule{"Slice", 1, 5, ImportSlice},
      ImportRule{"Pad", 1, 4, ImportPad},
      ImportRule{"Transpose", 1, 1, ImportTranspose},
      ImportRule{"DepthToSpace", 1, 1, ImportDepthToSpace},
      ImportRule{"SpaceToDepth", 1, 1, ImportSpaceToDepth},
  };
  return kRules;
}

}  // namespace convoy::models
