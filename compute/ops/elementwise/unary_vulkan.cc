// Vulkan: one pass over the vec4s of whichever layout the input has.
#include "absl/strings/str_format.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/elementwise/unary.comp.
struct UnaryPush {
  int32_t count;
  int32_t pixels;
  Divider by_pixels;
  int32_t channels;
  int32_t in_plane;
  int32_t out_plane;
  float alpha;
  float beta;
};

}  // namespace

VulkanLayouts ChooseLayouts(const UnaryParams&, const VulkanStepShape& shape) {
  return SameLayout(LiesInChannels(shape) ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const UnaryParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  const DType dtype = x.spec.dtype;
  const bool linear = x.layout == VulkanLayout::kLinear;
  const int64_t pixels = linear ? x.vec4s() : x.pixels();
  const int64_t quads = linear ? 1 : x.quads();
  VulkanDispatch dispatch;
  dispatch.shader = absl::StrFormat("elementwise/unary%s", ElementVariant(dtype, y.spec.dtype));
  dispatch.constants = {static_cast<uint32_t>(params.kind), WordBits(dtype), IsUnsigned(dtype),
                        dtype == DType::kBool};
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(quads * pixels, builder.traits());
  dispatch.SetPush(UnaryPush{
      .count = static_cast<int32_t>(quads * pixels),
      .pixels = static_cast<int32_t>(pixels),
      .by_pixels = MakeDivider(pixels),
      .channels = static_cast<int32_t>(linear ? 4 : x.c),
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(y.plane),
      .alpha = params.alpha,
      .beta = params.beta,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
