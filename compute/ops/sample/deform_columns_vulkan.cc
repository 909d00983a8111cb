// Vulkan: linear tensors, one invocation a value.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/sample/deform_columns.comp. Pairs are (H, W).
struct DeformColumnsPush {
  int32_t count;
  int32_t out_h;
  int32_t out_w;
  int32_t taps;
  int32_t kernel_w;
  int32_t channels;
  PackedDividers<5> dividers;  // by W', H', the taps, the width of the kernel, the channels
  int32_t channels_a_group;
  Divider by_group;
  int32_t offset_group;
  std::array<int32_t, 2> in_size;
  std::array<int32_t, 2> strides;
  std::array<int32_t, 2> dilations;
  std::array<int32_t, 2> pads;
  int32_t has_mask;
};

std::array<int32_t, 2> LastTwo(const Spatial& values) {
  return {static_cast<int32_t>(values[1]), static_cast<int32_t>(values[2])};
}

}  // namespace

VulkanLayouts ChooseLayouts(const DeformColumnsParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const DeformColumnsParams& params, VulkanStepBuilder& builder) {
  const Shape& x = builder.input(0).spec.shape;
  const Shape& y = builder.output(0).spec.shape;
  const Window& window = params.window;
  VulkanDispatch dispatch;
  dispatch.shader = "sample/deform_columns";
  for (int i = 0; i < (params.has_mask ? 3 : 2); ++i) dispatch.inputs[i] = builder.input_operand(i);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(y.elements(), builder.traits());
  dispatch.SetPush(DeformColumnsPush{
      .count = static_cast<int32_t>(y.elements()),
      .out_h = static_cast<int32_t>(y[2]),
      .out_w = static_cast<int32_t>(y[3]),
      .taps = static_cast<int32_t>(window.taps()),
      .kernel_w = static_cast<int32_t>(window.kernel[2]),
      .channels = static_cast<int32_t>(x[1]),
      .dividers =
          PackDividers(std::array<int64_t, 5>{y[3], y[2], window.taps(), window.kernel[2], x[1]}),
      .channels_a_group = static_cast<int32_t>(x[1] / params.offset_group),
      .by_group = MakeDivider(x[1] / params.offset_group),
      .offset_group = static_cast<int32_t>(params.offset_group),
      .in_size = {static_cast<int32_t>(x[2]), static_cast<int32_t>(x[3])},
      .strides = LastTwo(window.strides),
      .dilations = LastTwo(window.dilations),
      .pads = LastTwo(window.pads_begin),
      .has_mask = params.has_mask ? 1 : 0,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
