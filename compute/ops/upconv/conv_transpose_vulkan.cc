#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_tile_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

constexpr int kC4 = static_cast<int>(VulkanLayout::kC4);
constexpr int kLinear = static_cast<int>(VulkanLayout::kLinear);

// The convolutions that an up-convolution falls apart into: along each axis phase p of stride s
// uses the taps k = first + s*t.
class Phases {
 public:
  explicit Phases(const Window& window) : window_(window) {}

  int64_t count() const { return window_.strides[0] * window_.strides[1] * window_.strides[2]; }

  // Taps of phase z along `axis`.
  int64_t Taps(int64_t z, int axis) const {
    const int64_t stride = window_.strides[axis];
    return (window_.kernel[axis] - First(z, axis) + stride - 1) / stride;
  }
  int64_t Taps(int64_t z) const { return Taps(z, 0) * Taps(z, 1) * Taps(z, 2); }
  int64_t MaxTaps() const {
    int64_t taps = 1;
    for (int axis = 0; axis < 3; ++axis) {
      taps *= DivideUp(window_.kernel[axis], window_.strides[axis]);
    }
    return taps;
  }

  // The kernel's own number of tap `tap` of phase z.
  int64_t KernelTap(int64_t z, int64_t tap) const {
    const int64_t w = tap % Taps(z, 2);
    const int64_t h = tap / Taps(z, 2) % Taps(z, 1);
    const int64_t d = tap / Taps(z, 2) / Taps(z, 1);
    const auto k = [&](int64_t t, int axis) { return First(z, axis) + t * window_.strides[axis]; };
    return (k(d, 0) * window_.kernel[1] + k(h, 1)) * window_.kernel[2] + k(w, 2);
  }

 private:
  int64_t First(int64_t z, int axis) const {
    const Spatial& s = window_.strides;
    const Spatial phase{z / (s[2] * s[1]), z / s[2] % s[1], z % s[2]};
    return (phase[axis] + window_.pads_begin[axis]) % s[axis];
  }

  const Window& window_;
};

absl::Status RecordPhases(const ConvTransposeParams& params, const ConvChoice& choice,
                          const ConvProblem& problem, const ConvPush& push, ConvOperands operands,
                          VulkanStepBuilder& builder) {
  const Phases phases(params.window);
  const TilePacking packing{.z_count = phases.count(),
                            .out_channels = problem.y.c,
                            .in_channels = problem.x.c,
                            .max_taps = phases.MaxTaps(),
                            .tn = choice.kernel->tn};
  const int64_t kernel_taps = params.window.taps();
  const auto pack = [&](std::span<const float> w) {
    return packing.Pack([&](int64_t z) { return phases.Taps(z); },
                        [&](int64_t z, int64_t m, int64_t c, int64_t tap) {
                          const int64_t at = (c * packing.out_channels + m) * kernel_taps +
                                             phases.KernelTap(z, tap);
                          return w[static_cast<size_t>(at)];
                        });
  };
  const std::string name =
      absl::StrFormat("%s %s", packing.Name("upconv"), params.window.ToString());
  CONVOY_ASSIGN_OR_RETURN(operands.weights, builder.Weights(*builder.constant(1), name, pack));
  const HostTensor* bias = params.has_bias ? builder.constant(2) : nullptr;
  CONVOY_ASSIGN_OR_RETURN(operands.bias, PackBias(bias, problem.y.c, 1, builder));
  return RecordTile(choice, problem, push, operands, params.activation, packing, builder);
}

absl::StatusOr<VulkanOperand> LinearWeights(int input, VulkanStepBuilder& builder) {
  const HostTensor* values = builder.constant(input);
  if (values == nullptr) return builder.input_operand(input);
  return builder.Weights(*values, "linear", [](std::span<const float> given) {
    return std::vector<float>(given.begin(), given.end());
  });
}

absl::Status RecordDirect(const ConvTransposeParams& params, const ConvChoice& choice,
                          const ConvProblem& problem, ConvOperands operands,
                          VulkanStepBuilder& builder) {
  // The direct kernel's grid is the output itself, not one phase of it.
  ConvProblem whole = problem;
  whole.transposed = false;
  ConvPush push =
      MakeConvPush(whole, builder.input(0).plane, builder.output(0).plane, params.activation);
  push.in_quads = static_cast<int32_t>(problem.group);
  push.weights_z = static_cast<int32_t>(problem.x.c / problem.group);
  CONVOY_ASSIGN_OR_RETURN(operands.weights, LinearWeights(1, builder));
  if (params.has_bias) {
    CONVOY_ASSIGN_OR_RETURN(operands.bias, LinearWeights(2, builder));
  }
  return RecordQuads(choice, builder.traits().default_local_size, DivideUp(problem.y.c, 4), push,
                     operands, {params.has_bias, SmoothKind(params.activation)}, builder);
}

}  // namespace

VulkanLayouts ChooseLayouts(const ConvTransposeParams& params, const VulkanStepShape& shape) {
  const bool constant = shape.constant[1] && (!params.has_bias || shape.constant[2]);
  const int weights = constant ? VulkanLayouts::kHost : kLinear;
  VulkanLayouts layouts{.inputs = {kC4, weights}, .outputs = {kC4}};
  if (params.has_bias) layouts.inputs.push_back(weights);
  return layouts;
}

absl::Status RecordVulkan(const ConvTransposeParams& params, VulkanStepBuilder& builder) {
  const ConvProblem problem{.x = ImageDimsOf(builder.input(0).spec.shape),
                            .y = ImageDimsOf(builder.output(0).spec.shape),
                            .window = params.window,
                            .group = params.group,
                            .constant_weights = builder.constant(1) != nullptr,
                            .transposed = true};
  const ConvChoice choice = ChooseConvKernel(
      ChosenBy(problem, builder.traits()), builder.traits(),
      [&](std::string_view shader) { return builder.Usable(shader); },
      builder.ForcedKernel("upconv"));
  if (choice.kernel == nullptr) {
    return absl::UnimplementedError(absl::StrFormat(
        "ConvTranspose with %s has no Vulkan kernel; strides and dilations reach to %d",
        params.window.ToString(), kMaxPacked));
  }
  RefuseOtherRows(problem, choice, builder);
  const ConvOperands operands{.x = builder.input_operand(0), .y = builder.output_operand(0)};
  if (choice.kernel->method == ConvMethod::kDirect) {
    return RecordDirect(params, choice, problem, operands, builder);
  }
  const ConvPush push =
      MakeConvPush(problem, builder.input(0).plane, builder.output(0).plane, params.activation);
  return RecordPhases(params, choice, problem, push, operands, builder);
}

}  // namespace convoy::compute
