// Vulkan: one invocation a channel quad of a bin.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/sample/roi_align.comp.
struct RoiAlignPush {
  int32_t count;
  int32_t channels;
  std::array<int32_t, 3> in_size;  // N, H, W
  int32_t in_plane;
  int32_t out_plane;
  int32_t out_h;
  int32_t out_w;
  PackedDividers<3> dividers;  // by all bins, by those of a box, by those of a row
  int32_t bins;
  int32_t sampling_ratio;
  float spatial_scale;
  int32_t half_pixel;
  int32_t is_max;
  float bin_slack;
};

}  // namespace

VulkanLayouts ChooseLayouts(const RoiAlignParams&, const VulkanStepShape&) {
  return {{kC4Layout, kLinearLayout, kLinearLayout}, {kC4Layout}};
}

absl::Status RecordVulkan(const RoiAlignParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  VulkanDispatch dispatch;
  dispatch.shader = "sample/roi_align";
  for (int i = 0; i < 3; ++i) dispatch.inputs[i] = builder.input_operand(i);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(y.quads() * y.pixels(), builder.traits());
  dispatch.SetPush(RoiAlignPush{
      .count = static_cast<int32_t>(y.quads() * y.pixels()),
      .channels = static_cast<int32_t>(y.c),
      .in_size = {static_cast<int32_t>(x.n), static_cast<int32_t>(x.h), static_cast<int32_t>(x.w)},
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(y.plane),
      .out_h = static_cast<int32_t>(y.h),
      .out_w = static_cast<int32_t>(y.w),
      .dividers = PackDividers(std::array<int64_t, 3>{y.pixels(), y.h * y.w, y.w}),
      .bins = static_cast<int32_t>(y.pixels()),
      .sampling_ratio = static_cast<int32_t>(params.sampling_ratio),
      .spatial_scale = params.spatial_scale,
      .half_pixel = params.half_pixel ? 1 : 0,
      .is_max = params.mode == RoiAlignMode::kMax ? 1 : 0,
      .bin_slack = kRoiBinSlack,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
