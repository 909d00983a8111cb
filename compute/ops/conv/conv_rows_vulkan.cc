#include "compute/ops/conv/conv_rows_vulkan.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr int64_t kStripPixels = 4;
constexpr int64_t kMaxChannels = 4;
// A row of taps lies in registers with the pixels it needs.
constexpr int64_t kMaxKernel = 11;
constexpr int64_t kMaxStride = 4;

// [M][C][ky][kx] as [ceil(M/tn)][C][ky][kx][tn], so that a vec4 is four output channels.
std::vector<float> PackRows(std::span<const float> weights, int64_t outputs, int64_t taps,
                            int64_t tn) {
  std::vector<float> packed(static_cast<size_t>(RoundUp(outputs, tn) * taps));
  for (int64_t m = 0; m < outputs; ++m) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      packed[static_cast<size_t>((m / tn * taps + tap) * tn + m % tn)] =
          weights[static_cast<size_t>(m * taps + tap)];
    }
  }
  return packed;
}

}  // namespace

std::string_view RowsObjection(const ConvProblem& p) {
  const Window& w = p.window;
  if (p.transposed) return "for convolutions, not for up-convolutions";
  if (!p.constant_weights) return "the weights are computed";
  if (p.group != 1) return "the convolution has groups";
  if (p.x.c > kMaxChannels) return "more than 4 input channels";
  if (p.x.size[0] != 1 || p.y.size[0] != 1 || w.kernel[0] != 1 || w.pads_begin[0] != 0) {
    return "the images have a depth";
  }
  if (p.x.size[2] % kStripPixels != 0) return "the width is no multiple of 4 pixels";
  if (w.kernel[2] > kMaxKernel || w.pads_begin[2] > kMaxKernel) {
    return "the kernel or its padding is wider than 11";
  }
  if (w.strides[2] > kMaxStride || w.strides[1] > kMaxPacked) return "the stride is above 4";
  return w.dilations == Spatial{1, 1, 1} ? "" : "the kernel is dilated";
}

absl::Status RecordRows(const ConvParams& params, const ConvChoice& choice,
                        const ConvProblem& problem, ConvOperands operands,
                        VulkanStepBuilder& builder) {
  const ConvKernel& kernel = *choice.kernel;
  const VulkanTraits& traits = builder.traits();
  const int64_t taps = problem.x.c * params.window.taps();
  CONVOY_ASSIGN_OR_RETURN(
      operands.weights,
      builder.Weights(*builder.constant(1),
                      absl::StrFormat("rows m=%d taps=%d tn=%d", problem.y.c, taps, kernel.tn),
                      [&](std::span<const float> weights) {
                        return PackRows(weights, problem.y.c, taps, kernel.tn);
                      }));
  ConvProblem strips = problem;
  strips.y.size[2] = DivideUp(problem.y.size[2], kStripPixels);
  ConvPush push = MakeConvPush(strips, 0, builder.output(0).plane, params.activation);
  push.in_quads = static_cast<int32_t>(problem.x.c);
  push.in_plane = static_cast<int32_t>(problem.y.size[2]);
  VulkanDispatch dispatch = MakeConvDispatch(choice.shader, operands);
  dispatch.why = kernel.why;
  dispatch.local_size = traits.subgroup_size;
  dispatch.constants = {traits.subgroup_size,
                        static_cast<uint32_t>(params.window.kernel[2]),
                        static_cast<uint32_t>(params.window.strides[2]),
                        static_cast<uint32_t>(params.window.pads_begin[2]),
                        operands.residual.id >= 0,
                        SmoothKind(params.activation)};
  dispatch.groups[1] = static_cast<uint32_t>(DivideUp(problem.y.c, int64_t{kernel.tn}));
  return RecordPixelParts(std::move(dispatch), push, dispatch.local_size, builder);
}

}  // namespace convoy::compute
