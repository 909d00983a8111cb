#include "compute/ops/move/sample_vulkan.h"

#include <bit>

#include "compute/base/status.h"
#include "compute/ops/elements.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/tensor/words.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/move/sample.comp.
struct SamplePush {
  int32_t count;
  int32_t channels;
  int32_t in_first;
  int32_t in_plane;
  int32_t out_plane;
  std::array<int32_t, 3> in_size;
  std::array<int32_t, 4> out_size;
  PackedDividers<4> dividers;
  float border;
};

// Mirrors shaders/move/sample_axis.comp.
struct SampleAxisPush {
  int32_t count;
  int32_t in_extent;
  int32_t out_extent;
  Divider by_extent;
  int32_t inner;
  Divider by_inner;
  int32_t pairs;
  float border;
};

// Tables hold coordinates as floats.
constexpr int64_t kMaxExtent = int64_t{1} << 24;

absl::Status CheckExtents(const Shape& x) {
  for (const int64_t extent : x.dims()) {
    if (extent <= kMaxExtent) continue;
    return absl::UnimplementedError(
        absl::StrFormat("the Vulkan kernel looks up coordinates of at most %d, but the shape is %s",
                        kMaxExtent, x.ToString()));
  }
  return absl::OkStatus();
}

// A border value as a word of the tensor's element type, which the kernels only hand on.
absl::StatusOr<float> BorderWord(double border, DType dtype) {
  HostTensor value(TensorSpec{dtype, Shape{1}});
  WriteElements(std::vector<double>{border}, value.mutable_view());
  uint32_t word = 0;
  CONVOY_RETURN_IF_ERROR(ToWords(value.view(), {&word, 1}));
  return std::bit_cast<float>(word);
}

// Pairs of taps that every coordinate has in device memory.
int64_t PairsOf(const AxisTable& table) { return DivideUp(table.most_taps(), 2); }

// As the kernels read it: (index, weight) by two.
void AppendTable(const AxisTable& table, std::vector<float>& floats) {
  for (int64_t i = 0; i < table.size(); ++i) {
    for (const AxisTap& tap : table.at(i)) {
      floats.insert(floats.end(), {static_cast<float>(tap.index), tap.weight});
    }
    const auto missing = 2 * PairsOf(table) - static_cast<int64_t>(table.at(i).size());
    floats.insert(floats.end(), static_cast<size_t>(2 * missing), 0);
  }
}

absl::Status RecordChannelSample(std::span<const AxisTable> tables, float border,
                                 VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  AxisTable one;
  one.AddMove(0);
  const size_t rank = tables.size();
  const std::array<const AxisTable*, 4> places{&tables[0], rank > 4 ? &tables[2] : &one,
                                               rank > 3 ? &tables[rank - 2] : &one,
                                               rank > 2 ? &tables[rank - 1] : &one};
  std::vector<float> floats;
  for (const AxisTable* table : places) AppendTable(*table, floats);

  SamplePush push{};
  push.count = static_cast<int32_t>(y.quads() * y.pixels());
  push.channels = static_cast<int32_t>(y.c);
  push.in_first = static_cast<int32_t>(tables[1].source(0) / 4 * x.plane);
  push.in_plane = static_cast<int32_t>(x.plane);
  push.out_plane = static_cast<int32_t>(y.plane);
  push.in_size = {static_cast<int32_t>(x.d), static_cast<int32_t>(x.h), static_cast<int32_t>(x.w)};
  push.out_size = {static_cast<int32_t>(y.n), static_cast<int32_t>(y.d), static_cast<int32_t>(y.h),
                   static_cast<int32_t>(y.w)};
  push.dividers = PackDividers(std::array<int64_t, 4>{y.pixels(), y.d * y.h * y.w, y.h * y.w, y.w});
  push.border = border;

  VulkanDispatch dispatch;
  dispatch.shader = "move/sample";
  dispatch.inputs[0] = builder.input_operand(0);
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[1], UploadFloats(floats, builder));
  dispatch.output = builder.output_operand(0);
  // Three kernels in all: moves, images and volumes that are interpolated.
  const bool volume = !places[1]->moves_only();
  const bool image = volume || !places[2]->moves_only() || !places[3]->moves_only();
  dispatch.constants = {volume ? 2U : 1U, image ? 2U : 1U};
  dispatch.groups = FlatGrid(push.count, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace

bool FitsChannelSample(std::span<const AxisTable> tables, const Shape& x) {
  if (!HasChannels(x)) return false;
  for (const AxisTable& table : tables) {
    if (table.most_taps() > 2) return false;
  }
  // The samples of a batch are moved, never mixed.
  if (!tables[0].moves_only() || !tables[1].moves_only()) return false;
  const int64_t first = tables[1].source(0);
  return first >= 0 && first % 4 == 0 && tables[1].IsRun(first);
}

absl::Status RecordAxisSample(const AxisTable& table, const Shape& x, int axis, double border,
                              VulkanOperand in, VulkanOperand out, VulkanStepBuilder& builder) {
  int64_t outer = 1;
  int64_t inner = 1;
  for (int i = 0; i < x.rank(); ++i) {
    if (i < axis) outer *= x[i];
    if (i > axis) inner *= x[i];
  }
  const int64_t extent = table.size();
  CONVOY_ASSIGN_OR_RETURN(const float word, BorderWord(border, builder.input(0).spec.dtype));
  std::vector<float> floats;
  AppendTable(table, floats);
  VulkanDispatch dispatch;
  dispatch.shader = "move/sample_axis";
  dispatch.inputs[0] = in;
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[1], UploadFloats(floats, builder));
  dispatch.output = out;
  dispatch.groups = FlatGrid(outer * extent * inner, builder.traits());
  dispatch.SetPush(SampleAxisPush{
      .count = static_cast<int32_t>(outer * extent * inner),
      .in_extent = static_cast<int32_t>(x[axis]),
      .out_extent = static_cast<int32_t>(extent),
      .by_extent = MakeDivider(extent),
      .inner = static_cast<int32_t>(inner),
      .by_inner = MakeDivider(inner),
      .pairs = static_cast<int32_t>(PairsOf(table)),
      .border = word,
  });
  return builder.Dispatch(dispatch);
}

absl::Status RecordSample(std::span<const AxisTable> tables, double border,
                          VulkanStepBuilder& builder) {
  Shape shape = builder.input(0).spec.shape;
  std::vector<int> axes;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!tables[axis].IsIdentity(shape[axis])) axes.push_back(axis);
  }
  if (axes.empty()) return builder.Alias(0);
  CONVOY_RETURN_IF_ERROR(CheckExtents(shape));
  if (builder.input(0).layout == VulkanLayout::kC4) {
    CONVOY_ASSIGN_OR_RETURN(const float word, BorderWord(border, builder.input(0).spec.dtype));
    return RecordChannelSample(tables, word, builder);
  }
  VulkanOperand source = builder.input_operand(0);
  for (const int axis : axes) {
    const Shape before = shape;
    shape[axis] = tables[axis].size();
    VulkanOperand target = builder.output_operand(0);
    if (axis != axes.back()) {
      CONVOY_ASSIGN_OR_RETURN(target, builder.Scratch(DivideUp(shape.elements(), 4)));
    }
    CONVOY_RETURN_IF_ERROR(
        RecordAxisSample(tables[axis], before, axis, border, source, target, builder));
    source = target;
  }
  return absl::OkStatus();
}

}  // namespace convoy::compute
