// Vulkan: x * scale + shift on channel quads. Constant parameters are folded on the host, others by
// a kernel of their own.
#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/norm/batch_norm.comp.
struct NormPush {
  int32_t count;
  int32_t pixels;
  Divider by_pixels;
  int32_t quads;
  int32_t in_plane;
  int32_t out_plane;
};

// Mirrors shaders/norm/batch_norm_fold.comp.
struct FoldPush {
  int32_t quads;
  int32_t channels;
  float epsilon;
};

constexpr int kParameters = 4;  // scale, bias, mean, variance

// Scales of all channel quads, then shifts.
std::vector<float> FoldOnHost(const BatchNormParams& params, int64_t quads,
                              VulkanStepBuilder& builder) {
  const std::span<const float> scale = builder.constant(1)->data<float>();
  const std::span<const float> bias = builder.constant(2)->data<float>();
  const std::span<const float> mean = builder.constant(3)->data<float>();
  const std::span<const float> variance = builder.constant(4)->data<float>();
  const size_t padded = static_cast<size_t>(quads * 4);
  std::vector<float> folded(2 * padded);
  for (size_t c = 0; c < scale.size(); ++c) {
    const double factor = scale[c] / std::sqrt(double{variance[c]} + params.epsilon);
    folded[c] = static_cast<float>(factor);
    folded[padded + c] = static_cast<float>(bias[c] - mean[c] * factor);
  }
  return folded;
}

absl::StatusOr<VulkanOperand> RecordFold(const BatchNormParams& params, const VulkanTensor& x,
                                         VulkanStepBuilder& builder) {
  VulkanDispatch dispatch;
  dispatch.shader = "norm/batch_norm_fold";
  for (int i = 0; i < kParameters; ++i) dispatch.inputs[i] = builder.input_operand(i + 1);
  CONVOY_ASSIGN_OR_RETURN(dispatch.output, builder.Scratch(2 * x.quads()));
  dispatch.groups = FlatGrid(x.quads(), builder.traits());
  dispatch.SetPush(
      FoldPush{static_cast<int32_t>(x.quads()), static_cast<int32_t>(x.c), params.epsilon});
  CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
  return dispatch.output;
}

}  // namespace

VulkanLayouts ChooseLayouts(const BatchNormParams&, const VulkanStepShape& shape) {
  VulkanLayouts layouts = SameLayout(kC4Layout, shape);
  bool all_constant = true;
  for (int i = 1; i <= kParameters; ++i) all_constant = all_constant && shape.constant[i];
  for (int i = 1; i <= kParameters; ++i) {
    layouts.inputs[i] = all_constant ? VulkanLayouts::kHost : kLinearLayout;
  }
  return layouts;
}

absl::Status RecordVulkan(const BatchNormParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  bool all_constant = true;
  for (int i = 1; i <= kParameters; ++i) {
    all_constant = all_constant && builder.constant(i) != nullptr;
  }
  VulkanDispatch dispatch;
  dispatch.shader = "norm/batch_norm";
  dispatch.inputs[0] = builder.input_operand(0);
  if (all_constant) {
    CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[1],
                            UploadFloats(FoldOnHost(params, x.quads(), builder), builder));
  } else {
    CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[1], RecordFold(params, x, builder));
  }
  dispatch.output = builder.output_operand(0);
  const int64_t count = x.quads() * x.pixels();
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(NormPush{
      .count = static_cast<int32_t>(count),
      .pixels = static_cast<int32_t>(x.pixels()),
      .by_pixels = MakeDivider(x.pixels()),
      .quads = static_cast<int32_t>(x.quads()),
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(builder.output(0).plane),
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
