#include "compute/ops/conv/conv_tile_vulkan.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_block_vulkan.h"
#include "compute/vulkan/fast_divide.h"

namespace convoy::compute {
absl::Status RecordPixelParts(VulkanDispatch dispatch, ConvPush push, int64_t pixels_a_group,
                              VulkanStepBuilder& builder) {
  const int64_t groups = DivideUp(push.pixels, pixels_a_group);
  const int64_t limit = builder.traits().max_groups;
  if (dispatch.groups[1] > limit || dispatch.groups[2] > limit) {
    return absl::UnimplementedError(
        absl::StrFormat("the kernel '%s' needs %dx%d workgroups along channels and groups, but the "
                        "device allows %d in a dimension",
                        dispatch.shader, dispatch.groups[1], dispatch.groups[2], limit));
  }
  for (int64_t first = 0; first < groups; first += limit) {
    push.first_pixel = static_cast<int32_t>(first * pixels_a_group);
    dispatch.SetPush(push);
    dispatch.groups[0] = static_cast<uint32_t>(std::min(limit, groups - first));
    CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
  }
  return absl::OkStatus();
}

VulkanDispatch MakeConvDispatch(const std::string& shader, const ConvOperands& operands) {
  VulkanDispatch dispatch;
  dispatch.shader = shader;
  dispatch.inputs = {operands.x, operands.weights, operands.bias, operands.residual};
  dispatch.output = operands.y;
  return dispatch;
}

bool IsPointwise(const ConvProblem& problem) {
  const Window& window = problem.window;
  return !problem.transposed && window.taps() == 1 && window.strides == Spatial{1, 1, 1} &&
         !window.padded();
}

std::string TilePacking::Name(const char* kind) const {
  return absl::StrFormat("%s z=%d m=%d c=%d taps=%d tn=%d", kind, z_count, out_channels,
                         in_channels, max_taps, tn);
}

ConvPush MakeConvPush(const ConvProblem& problem, int64_t x_plane, int64_t y_plane,
                      const ActivationParams& activation) {
  const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
  const Window& window = problem.window;
  const Spatial grid = problem.grid();
  const Divider row = MakeDivider(grid[2]);
  const Divider slice = MakeDivider(grid[1] * grid[2]);
  const Divider image = MakeDivider(grid[0] * grid[1] * grid[2]);
  ConvPush push;
  push.pixels = narrow(problem.grid_pixels());
  push.in_d = narrow(problem.x.size[0]);
  push.in_h = narrow(problem.x.size[1]);
  push.in_w = narrow(problem.x.size[2]);
  push.in_quads = narrow(DivideUp(problem.x.c / problem.group, 4));
  push.in_plane = narrow(x_plane);
  push.out_d = narrow(problem.y.size[0]);
  push.out_h = narrow(problem.y.size[1]);
  push.out_w = narrow(problem.y.size[2]);
  push.out_channels = narrow(problem.y.c);
  push.out_plane = narrow(y_plane);
  push.kernel_d = narrow(window.kernel[0]);
  push.kernel_h = narrow(window.kernel[1]);
  push.kernel_w = narrow(window.kernel[2]);
  push.pad_d = narrow(window.pads_begin[0]);
  push.pad_h = narrow(window.pads_begin[1]);
  push.pad_w = narrow(window.pads_begin[2]);
  push.strides = PackThree(window.strides[0], window.strides[1], window.strides[2]);
  push.dilations = PackThree(window.dilations[0], window.dilations[1], window.dilations[2]);
  push.epilogue = EpilogueOf(activation);
  push.row_multiplier = row.multiplier;
  push.slice_multiplier = slice.multiplier;
  push.image_multiplier = image.multiplier;
  push.divider_shifts = PackThree(image.shift, slice.shift, row.shift);
  return push;
}

absl::Status RecordTile(const ConvChoice& choice, const ConvProblem& problem, ConvPush push,
                        const ConvOperands& operands, const ActivationParams& activation,
                        const TilePacking& packing, VulkanStepBuilder& builder) {
  const ConvKernel& kernel = *choice.kernel;
  if (kernel.is_block()) {
    return RecordBlock(choice, problem, push, operands, activation, packing, builder);
  }
  const VulkanTraits& traits = builder.traits();
  push.out_channels = static_cast<int32_t>(packing.out_channels);
  push.in_quads = static_cast<int32_t>(packing.quads());
  push.weights_z = static_cast<int32_t>(packing.z_vec4s());
  VulkanDispatch dispatch = MakeConvDispatch(choice.shader, operands);
  dispatch.why = kernel.why;
  dispatch.local_size = kernel.subgroup ? traits.subgroup_size : traits.default_local_size;
  const int64_t pixels_a_group = int64_t{dispatch.local_size} * kernel.px;
  const bool guard = kPlaneAlign % pixels_a_group != 0;
  dispatch.constants = {traits.subgroup_size,
                        IsPointwise(problem),
                        operands.residual.id >= 0,
                        problem.transposed,
                        guard,
                        SmoothKind(activation)};
  dispatch.groups[1] = static_cast<uint32_t>(packing.tiles());
  dispatch.groups[2] = static_cast<uint32_t>(packing.z_count);
  return RecordPixelParts(std::move(dispatch), push, pixels_a_group, builder);
}

absl::Status RecordQuads(const ConvChoice& choice, uint32_t local_size, int64_t quads,
                         ConvPush push, const ConvOperands& operands,
                         absl::InlinedVector<uint32_t, 8> constants, VulkanStepBuilder& builder) {
  VulkanDispatch dispatch = MakeConvDispatch(choice.shader, operands);
  dispatch.why = choice.kernel->why;
  dispatch.local_size = local_size;
  dispatch.constants = std::move(constants);
  dispatch.groups[1] = static_cast<uint32_t>(quads);
  return RecordPixelParts(std::move(dispatch), push, local_size, builder);
}

absl::StatusOr<VulkanOperand> PackBias(const HostTensor* bias, int64_t channels, float scale,
                                       VulkanStepBuilder& builder) {
  const HostTensor zeros =
      bias == nullptr ? HostTensor(TensorSpec{DType::kFloat32, {channels}}) : HostTensor();
  const HostTensor& values = bias == nullptr ? zeros : *bias;
  const size_t padded = static_cast<size_t>(RoundUp(channels, 4));
  return builder.Weights(values, absl::StrFormat("bias %d scale=%g", channels, scale),
                         [&](std::span<const float> given) {
                           // One value stands for every channel where a Gemm's c is a scalar.
                           std::vector<float> packed(padded);
                           for (int64_t m = 0; m < channels; ++m) {
                             const size_t at = given.size() == 1 ? 0 : static_cast<size_t>(m);
                             packed[static_cast<size_t>(m)] = scale * given[at];
                           }
                           return packed;
                         });
}

}  // namespace convoy::compute
