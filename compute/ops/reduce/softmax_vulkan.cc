// Vulkan: one invocation a row, along the channels of kC4 or any dimension of kLinear.
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/reduce/softmax.comp.
struct SoftmaxPush {
  int32_t rows;
  int32_t extent;
  int32_t stride;
  Divider by_stride;
};

// Mirrors shaders/reduce/softmax_channels.comp.
struct ChannelsPush {
  int32_t pixels;
  int32_t channels;
  int32_t quads;
  int32_t in_plane;
  int32_t out_plane;
};

}  // namespace

VulkanLayouts ChooseLayouts(const SoftmaxParams& params, const VulkanStepShape& shape) {
  const bool in_channels =
      LiesInChannels(shape) && params.axis == 1 && params.kind != SoftmaxKind::kHardmax;
  return SameLayout(in_channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const SoftmaxParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  VulkanDispatch dispatch;
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  if (x.layout == VulkanLayout::kC4) {
    dispatch.shader = "reduce/softmax_channels";
    dispatch.constants = {params.kind == SoftmaxKind::kLogSoftmax};
    dispatch.groups = FlatGrid(x.pixels(), builder.traits());
    dispatch.SetPush(ChannelsPush{static_cast<int32_t>(x.pixels()), static_cast<int32_t>(x.c),
                                  static_cast<int32_t>(x.quads()), static_cast<int32_t>(x.plane),
                                  static_cast<int32_t>(y.plane)});
    return builder.Dispatch(dispatch);
  }
  const Shape& shape = x.spec.shape;
  const int64_t extent = shape[params.axis];
  const int64_t rows = shape.elements() / extent;
  const int64_t stride = StridesOf(shape)[params.axis];
  dispatch.shader = "reduce/softmax";
  dispatch.constants = {static_cast<uint32_t>(params.kind)};
  dispatch.groups = FlatGrid(rows, builder.traits());
  dispatch.SetPush(SoftmaxPush{static_cast<int32_t>(rows), static_cast<int32_t>(extent),
                               static_cast<int32_t>(stride), MakeDivider(stride)});
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
