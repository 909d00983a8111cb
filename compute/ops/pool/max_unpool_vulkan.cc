// Vulkan: one invocation a pixel of a channel quad of the output, which looks for itself in the
// windows that cover it: no two invocations write one place.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/pool/max_unpool.comp.
struct UnpoolPush {
  int32_t count;
  int32_t pixels;
  int32_t channels;
  int32_t x_plane;
  int32_t index_plane;
  int32_t out_plane;
  std::array<int32_t, 3> in_size;
  std::array<int32_t, 3> out_size;
  PackedDividers<4> dividers;
  std::array<int32_t, 3> kernel;
  std::array<int32_t, 3> strides;
  std::array<int32_t, 3> pads_begin;
};

std::array<int32_t, 3> Narrow(const Spatial& values) {
  return {static_cast<int32_t>(values[0]), static_cast<int32_t>(values[1]),
          static_cast<int32_t>(values[2])};
}

}  // namespace

VulkanLayouts ChooseLayouts(const MaxUnpoolParams&, const VulkanStepShape& shape) {
  return SameLayout(kC4Layout, shape);
}

absl::Status RecordVulkan(const MaxUnpoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  const int64_t count = y.quads() * y.pixels();
  VulkanDispatch dispatch;
  dispatch.shader = "pool/max_unpool";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.inputs[1] = builder.input_operand(1);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(UnpoolPush{
      .count = static_cast<int32_t>(count),
      .pixels = static_cast<int32_t>(y.pixels()),
      .channels = static_cast<int32_t>(y.c),
      .x_plane = static_cast<int32_t>(x.plane),
      .index_plane = static_cast<int32_t>(builder.input(1).plane),
      .out_plane = static_cast<int32_t>(y.plane),
      .in_size = Narrow({x.d, x.h, x.w}),
      .out_size = Narrow({y.d, y.h, y.w}),
      .dividers = PackDividers(std::array<int64_t, 4>{y.pixels(), y.d * y.h * y.w, y.h * y.w, y.w}),
      .kernel = Narrow(params.window.kernel),
      .strides = Narrow(params.window.strides),
      .pads_begin = Narrow(params.window.pads_begin),
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
