// Vulkan: one invocation a channel quad of an output pixel.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/sample/grid_sample.comp.
struct GridSamplePush {
  int32_t count;
  int32_t channels;
  int32_t pixels;
  Divider by_pixels;
  int32_t image;  // output pixels of one sample
  Divider by_image;
  std::array<int32_t, 3> in_size;
  int32_t in_plane;
  int32_t out_plane;
  int32_t rank;
  int32_t padding;
  int32_t align_corners;
};

}  // namespace

VulkanLayouts ChooseLayouts(const GridSampleParams&, const VulkanStepShape&) {
  return {{kC4Layout, kLinearLayout}, {kC4Layout}};
}

absl::Status RecordVulkan(const GridSampleParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  VulkanDispatch dispatch;
  dispatch.shader = "sample/grid_sample";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.inputs[1] = builder.input_operand(1);
  dispatch.output = builder.output_operand(0);
  // Taps a dimension.
  dispatch.constants = {params.mode == GridSampleMode::kNearest  ? 1U
                        : params.mode == GridSampleMode::kLinear ? 2U
                                                                 : 4U};
  dispatch.groups = FlatGrid(y.quads() * y.pixels(), builder.traits());
  dispatch.SetPush(GridSamplePush{
      .count = static_cast<int32_t>(y.quads() * y.pixels()),
      .channels = static_cast<int32_t>(y.c),
      .pixels = static_cast<int32_t>(y.pixels()),
      .by_pixels = MakeDivider(y.pixels()),
      .image = static_cast<int32_t>(y.d * y.h * y.w),
      .by_image = MakeDivider(y.d * y.h * y.w),
      .in_size = {static_cast<int32_t>(x.d), static_cast<int32_t>(x.h), static_cast<int32_t>(x.w)},
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(y.plane),
      .rank = x.spec.shape.rank() - 2,
      .padding = static_cast<int32_t>(params.padding),
      .align_corners = params.align_corners ? 1 : 0,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
