// Vulkan: one invocation a channel quad of a bin.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/sample/max_roi_pool.comp.
struct MaxRoiPoolPush {
  int32_t count;
  int32_t channels;
  std::array<int32_t, 3> in_size;  // N, H, W
  int32_t in_plane;
  int32_t out_plane;
  int32_t out_h;
  int32_t out_w;
  PackedDividers<4> dividers;  // by all bins, by those of a box, of a row and of a column
  int32_t bins;
  float spatial_scale;
  float most_corner;
};

}  // namespace

VulkanLayouts ChooseLayouts(const MaxRoiPoolParams&, const VulkanStepShape&) {
  return {{kC4Layout, kLinearLayout}, {kC4Layout}};
}

absl::Status RecordVulkan(const MaxRoiPoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  VulkanDispatch dispatch;
  dispatch.shader = "sample/max_roi_pool";
  for (int i = 0; i < 2; ++i) dispatch.inputs[i] = builder.input_operand(i);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(y.quads() * y.pixels(), builder.traits());
  dispatch.SetPush(MaxRoiPoolPush{
      .count = static_cast<int32_t>(y.quads() * y.pixels()),
      .channels = static_cast<int32_t>(y.c),
      .in_size = {static_cast<int32_t>(x.n), static_cast<int32_t>(x.h), static_cast<int32_t>(x.w)},
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(y.plane),
      .out_h = static_cast<int32_t>(y.h),
      .out_w = static_cast<int32_t>(y.w),
      .dividers = PackDividers(std::array<int64_t, 4>{y.pixels(), y.h * y.w, y.w, y.h}),
      .bins = static_cast<int32_t>(y.pixels()),
      .spatial_scale = params.spatial_scale,
      .most_corner = kMaxRoiCorner,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
