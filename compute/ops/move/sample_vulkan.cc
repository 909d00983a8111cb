#include "compute/ops/move/sample_vulkan.h"

#include <algorithm>

#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
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

// Neighbours from `first` on.
bool IsRun(const AxisTable& table, int64_t first) {
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].low != first + static_cast<int64_t>(i) || table[i].weight != 0) return false;
  }
  return true;
}

bool IsIdentity(const AxisTable& table, int64_t in_extent) {
  return static_cast<int64_t>(table.size()) == in_extent && IsRun(table, 0);
}

bool Interpolates(const AxisTable& table) {
  return std::any_of(table.begin(), table.end(),
                     [](const ResizeTap& tap) { return tap.weight != 0; });
}

void AppendTable(const AxisTable& table, std::vector<float>& floats) {
  for (const ResizeTap& tap : table) {
    floats.insert(floats.end(),
                  {static_cast<float>(tap.low), static_cast<float>(tap.high), tap.weight, 0});
  }
}

absl::Status RecordChannelSample(std::span<const AxisTable> tables, float border,
                                 VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  const AxisTable one(1);
  const size_t rank = tables.size();
  const std::array<const AxisTable*, 4> places{&tables[0], rank > 4 ? &tables[2] : &one,
                                               rank > 3 ? &tables[rank - 2] : &one,
                                               rank > 2 ? &tables[rank - 1] : &one};
  std::vector<float> floats;
  for (const AxisTable* table : places) AppendTable(*table, floats);

  SamplePush push{};
  push.count = static_cast<int32_t>(y.quads() * y.pixels());
  push.channels = static_cast<int32_t>(y.c);
  push.in_first = static_cast<int32_t>(tables[1][0].low / 4 * x.plane);
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
  const bool volume = Interpolates(*places[1]);
  const bool image = volume || Interpolates(*places[2]) || Interpolates(*places[3]);
  dispatch.constants = {volume ? 2U : 1U, image ? 2U : 1U};
  dispatch.groups = FlatGrid(push.count, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace

bool FitsChannelSample(std::span<const AxisTable> tables, const Shape& x) {
  if (!HasChannels(x)) return false;
  const AxisTable& channels = tables[1];
  if (channels[0].low < 0 || channels[0].low % 4 != 0) return false;
  // The samples of a batch are moved, never mixed.
  return IsRun(channels, channels[0].low) && !Interpolates(tables[0]);
}

absl::Status RecordAxisSample(const AxisTable& table, const Shape& x, int axis, float border,
                              VulkanOperand in, VulkanOperand out, VulkanStepBuilder& builder) {
  int64_t outer = 1;
  int64_t inner = 1;
  for (int i = 0; i < x.rank(); ++i) {
    if (i < axis) outer *= x[i];
    if (i > axis) inner *= x[i];
  }
  const auto extent = static_cast<int64_t>(table.size());
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
      .border = border,
  });
  return builder.Dispatch(dispatch);
}

absl::Status RecordSample(std::span<const AxisTable> tables, float border,
                          VulkanStepBuilder& builder) {
  Shape shape = builder.input(0).spec.shape;
  std::vector<int> axes;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!IsIdentity(tables[axis], shape[axis])) axes.push_back(axis);
  }
  if (axes.empty()) return builder.Alias(0);
  CONVOY_RETURN_IF_ERROR(CheckExtents(shape));
  if (builder.input(0).layout == VulkanLayout::kC4) {
    return RecordChannelSample(tables, border, builder);
  }
  VulkanOperand source = builder.input_operand(0);
  for (const int axis : axes) {
    const Shape before = shape;
    shape[axis] = static_cast<int64_t>(tables[axis].size());
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
