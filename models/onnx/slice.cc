// Slice, and Split as Slices.
#include <algorithm>
#include <array>
#include <numeric>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::Shape;
using compute::SliceParams;

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
  return absl::OkStatus();
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
  const Shape result(params.sizes);
  if (result.elements() == 0) return node.FinishEmpty(node.spec_of(node.input(0)).dtype, result);
  return node.Finish(std::move(params), {node.input(0)});
}

// The extents of Split's outputs: an attribute up to opset 12, an input from opset 13 on, and
// otherwise as equal as they get, the last one smaller.
absl::StatusOr<std::vector<int64_t>> ReadSplit(NodeImport& node, int64_t extent) {
  std::vector<int64_t> sizes = node.Ints("split");
  if (node.opset() >= 13 && node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(sizes, node.ConstantInts(1));
  }
  const int64_t parts = node.output_count();
  if (sizes.empty() && node.Int("num_outputs", parts) == parts) {
    const int64_t most = (extent + parts - 1) / parts;
    for (int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::clamp<int64_t>(extent - i * most, 0, most));
    }
  }
  int64_t rest = extent;
  for (const int64_t size : sizes) rest = size < 0 || size > rest ? -1 : rest - size;
  if (rest == 0 && static_cast<int64_t>(sizes.size()) == parts) return sizes;
  return absl::InvalidArgumentError(
      absl::StrFormat("%d parts for %d outputs must add up to the extent %d of the axis",
                      sizes.size(), parts, extent));
}

absl::Status ImportSplit(NodeImport& node) {
  const compute::TensorSpec x = node.spec_of(node.input(0));
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 0), x.shape.rank()));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, ReadSplit(node, x.shape[axis]));
  const size_t rank = static_cast<size_t>(x.shape.rank());
  SliceParams slice{std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 1),
                    std::vector<int64_t>(x.shape.dims().begin(), x.shape.dims().end())};
  std::vector<ValueId> parts;
  for (const int64_t size : sizes) {
    slice.sizes[static_cast<size_t>(axis)] = size;
    CONVOY_ASSIGN_OR_RETURN(const ValueId part, size == 0
                                                    ? node.AddEmpty(x.dtype, Shape(slice.sizes))
                                                    : node.Add(slice, {node.input(0)}));
    parts.push_back(part);
    slice.starts[static_cast<size_t>(axis)] += size;
  }
  return node.FinishValues(std::move(parts));
}

}  // namespace

std::span<const ImportRule> SliceRules() {
  static constexpr std::array kRules = {
      ImportRule{"Slice", 1, 5, ImportSlice},
      ImportRule{"Split", 1, 2, ImportSplit},
  };
  return kRules;
}

}  // namespace convoy::models
