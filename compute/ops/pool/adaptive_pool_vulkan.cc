// Vulkan: one invocation a pixel of a channel quad of the output.
#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/pool/adaptive_pool.comp.
struct AdaptivePush {
  int32_t count;
  int32_t pixels;
  int32_t in_plane;
  int32_t out_plane;
  std::array<int32_t, 3> in_size;
  std::array<int32_t, 3> out_size;
  PackedDividers<4> dividers;
};

constexpr int64_t kMaxProduct = (int64_t{1} << 31) - 1;

}  // namespace

VulkanLayouts ChooseLayouts(const AdaptivePoolParams&, const VulkanStepShape& shape) {
  return SameLayout(kC4Layout, shape);
}

absl::Status RecordVulkan(const AdaptivePoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  const int64_t count = y.quads() * y.pixels();
  AdaptivePush push{};
  push.count = static_cast<int32_t>(count);
  push.pixels = static_cast<int32_t>(y.pixels());
  push.in_plane = static_cast<int32_t>(x.plane);
  push.out_plane = static_cast<int32_t>(y.plane);
  const Spatial in{x.d, x.h, x.w};
  for (int axis = 0; axis < 3; ++axis) {
    if ((params.size[axis] + 1) * in[axis] > kMaxProduct) {
      return absl::UnimplementedError(absl::StrFormat(
          "AdaptivePool of %d pixels to %d is beyond the Vulkan kernel's 32-bit products", in[axis],
          params.size[axis]));
    }
    push.in_size[axis] = static_cast<int32_t>(in[axis]);
    push.out_size[axis] = static_cast<int32_t>(params.size[axis]);
  }
  push.dividers = PackDividers(std::array<int64_t, 4>{y.pixels(), y.d * y.h * y.w, y.h * y.w, y.w});

  VulkanDispatch dispatch;
  dispatch.shader = "pool/adaptive_pool";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  dispatch.constants = {params.kind == PoolKind::kMax};
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
