// Vulkan: each sample's channel quad is reduced by one invocation, or by many in two launches where
// the image is large.
#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/pool/global_pool.comp.
struct GlobalPoolPush {
  int32_t count;
  int32_t places;
  Divider by_places;
  int32_t parts;
  Divider by_parts;
  int32_t image;
  int32_t in_plane;
  int32_t out_plane;
  int32_t is_max;
  float scale;
};

// Pixels that one invocation may add up alone.
constexpr int64_t kSmallImage = 256;

struct Reduction {
  int64_t image = 1;  // what is reduced: pixels, or parts of the first launch
  int64_t parts = 1;
  int64_t in_plane = 0;
  int64_t out_plane = 0;
  float scale = 1;
};

absl::Status RecordReduction(const GlobalPoolParams& params, const Reduction& reduction,
                             VulkanOperand in, VulkanOperand out, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t places = x.n * reduction.parts;
  VulkanDispatch dispatch;
  dispatch.shader = "pool/global_pool";
  dispatch.inputs[0] = in;
  dispatch.output = out;
  dispatch.groups = FlatGrid(x.quads() * places, builder.traits());
  dispatch.SetPush(GlobalPoolPush{
      .count = static_cast<int32_t>(x.quads() * places),
      .places = static_cast<int32_t>(places),
      .by_places = MakeDivider(places),
      .parts = static_cast<int32_t>(reduction.parts),
      .by_parts = MakeDivider(reduction.parts),
      .image = static_cast<int32_t>(reduction.image),
      .in_plane = static_cast<int32_t>(reduction.in_plane),
      .out_plane = static_cast<int32_t>(reduction.out_plane),
      .is_max = params.kind == PoolKind::kMax,
      .scale = reduction.scale,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace

VulkanLayouts ChooseLayouts(const GlobalPoolParams&, const VulkanStepShape& shape) {
  return SameLayout(kC4Layout, shape);
}

absl::Status RecordVulkan(const GlobalPoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t image = x.d * x.h * x.w;
  Reduction last{.image = image,
                 .in_plane = x.plane,
                 .out_plane = builder.output(0).plane,
                 .scale = 1 / static_cast<float>(image)};
  VulkanOperand source = builder.input_operand(0);
  if (image > kSmallImage) {
    const auto parts = static_cast<int64_t>(std::sqrt(static_cast<double>(image)));
    CONVOY_ASSIGN_OR_RETURN(const VulkanOperand sums, builder.Scratch(x.quads() * x.n * parts));
    const Reduction first{
        .image = image, .parts = parts, .in_plane = x.plane, .out_plane = x.n * parts};
    CONVOY_RETURN_IF_ERROR(RecordReduction(params, first, source, sums, builder));
    source = sums;
    last.image = parts;
    last.in_plane = first.out_plane;
  }
  return RecordReduction(params, last, source, builder.output_operand(0), builder);
}

}  // namespace convoy::compute
