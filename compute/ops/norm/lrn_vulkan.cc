// Vulkan: channel quads.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/norm/lrn.comp.
struct LrnPush {
  int32_t count;
  int32_t pixels;
  Divider by_pixels;
  int32_t channels;
  int32_t in_plane;
  int32_t out_plane;
  int32_t before;
  int32_t after;
  float alpha;
  float beta;
  float bias;
};

}  // namespace

VulkanLayouts ChooseLayouts(const LrnParams&, const VulkanStepShape& shape) {
  return SameLayout(kC4Layout, shape);
}

absl::Status RecordVulkan(const LrnParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t count = x.quads() * x.pixels();
  VulkanDispatch dispatch;
  dispatch.shader = "norm/lrn";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(LrnPush{
      .count = static_cast<int32_t>(count),
      .pixels = static_cast<int32_t>(x.pixels()),
      .by_pixels = MakeDivider(x.pixels()),
      .channels = static_cast<int32_t>(x.c),
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(builder.output(0).plane),
      .before = static_cast<int32_t>(params.before()),
      .after = static_cast<int32_t>(params.after()),
      .alpha = params.alpha / static_cast<float>(params.size),
      .beta = params.beta,
      .bias = params.bias,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
