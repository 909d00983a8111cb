#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_rows_vulkan.h"
#include "compute/ops/conv/conv_tile_vulkan.h"
#include "compute/ops/conv/winograd_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

constexpr int kC4 = static_cast<int>(VulkanLayout::kC4);
constexpr int kLinear = static_cast<int>(VulkanLayout::kLinear);

// The step's inputs by name; -1 where the operator has none.
struct ConvInputs {
  int bias = -1;
  int residual = -1;
};

ConvInputs InputsOf(const ConvParams& params) {
  ConvInputs inputs;
  if (params.has_bias) inputs.bias = 2;
  if (params.has_residual) inputs.residual = params.has_bias ? 3 : 2;
  return inputs;
}

VulkanOperand OperandOf(int input, const VulkanStepBuilder& builder) {
  return input < 0 ? VulkanOperand{} : builder.input_operand(input);
}

// [M][C/group][taps] as the register-tile kernel reads it.
absl::StatusOr<VulkanOperand> PackTile(const HostTensor& weights, const TilePacking& packing,
                                       VulkanStepBuilder& builder) {
  const auto pack = [&packing](std::span<const float> w) {
    const int64_t row = packing.in_channels * packing.max_taps;
    return packing.Pack([&](int64_t) { return packing.max_taps; },
                        [&](int64_t z, int64_t m, int64_t c, int64_t tap) {
                          const int64_t at =
                              (z * packing.out_channels + m) * row + c * packing.max_taps + tap;
                          return w[static_cast<size_t>(at)];
                        });
  };
  return builder.Weights(weights, packing.Name("conv_rt"), pack);
}

// [C][taps] as [channel quad][taps] vec4.
absl::StatusOr<VulkanOperand> PackDepthwise(const HostTensor& weights, int64_t channels,
                                            int64_t taps, VulkanStepBuilder& builder) {
  const auto pack = [=](std::span<const float> w) {
    std::vector<float> packed(static_cast<size_t>(RoundUp(channels, 4) * taps));
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t tap = 0; tap < taps; ++tap) {
        packed[static_cast<size_t>((c / 4 * taps + tap) * 4 + c % 4)] =
            w[static_cast<size_t>(c * taps + tap)];
      }
    }
    return packed;
  };
  return builder.Weights(weights, absl::StrFormat("depthwise taps=%d", taps), pack);
}

absl::StatusOr<VulkanOperand> LinearWeights(int input, VulkanStepBuilder& builder) {
  if (input < 0) return VulkanOperand{};
  const HostTensor* values = builder.constant(input);
  if (values == nullptr) return builder.input_operand(input);
  return builder.Weights(*values, "linear", [](std::span<const float> given) {
    return std::vector<float>(given.begin(), given.end());
  });
}

absl::Status RecordRegisterTile(const ConvParams& params, const ConvChoice& choice,
                                const ConvProblem& problem, const ConvPush& push,
                                ConvOperands operands, VulkanStepBuilder& builder) {
  const TilePacking packing{.z_count = problem.group,
                            .out_channels = problem.y.c / problem.group,
                            .in_channels = problem.x.c / problem.group,
                            .max_taps = params.window.taps(),
                            .tn = choice.kernel->tn};
  CONVOY_ASSIGN_OR_RETURN(operands.weights, PackTile(*builder.constant(1), packing, builder));
  return RecordTile(choice, problem, push, operands, params.activation, packing, builder);
}

// A strip is 4 output rows: the grid counts strips, and in_quads carries the rows.
absl::Status RecordStrip(const ConvParams& params, const ConvChoice& choice,
                         const ConvProblem& problem, const ConvOperands& operands,
                         VulkanStepBuilder& builder) {
  constexpr int64_t kStripRows = 4;
  ConvProblem strips = problem;
  strips.y.size[1] = DivideUp(problem.y.size[1], kStripRows);
  ConvPush push =
      MakeConvPush(strips, builder.input(0).plane, builder.output(0).plane, params.activation);
  push.in_quads = static_cast<int32_t>(problem.y.size[1]);
  const VulkanTraits& traits = builder.traits();
  return RecordQuads(choice,
                     choice.kernel->subgroup ? traits.subgroup_size : traits.default_local_size,
                     DivideUp(problem.y.c, 4), push, operands,
                     {traits.subgroup_size, static_cast<uint32_t>(params.window.kernel[1]),
                      static_cast<uint32_t>(params.window.strides[1]), operands.residual.id >= 0,
                      SmoothKind(params.activation)},
                     builder);
}

absl::Status RecordDirect(const ConvParams& params, const ConvChoice& choice,
                          const ConvProblem& problem, ConvPush push, ConvOperands operands,
                          VulkanStepBuilder& builder) {
  CONVOY_ASSIGN_OR_RETURN(operands.weights, LinearWeights(1, builder));
  CONVOY_ASSIGN_OR_RETURN(operands.bias, LinearWeights(InputsOf(params).bias, builder));
  push.in_quads = static_cast<int32_t>(problem.group);
  push.weights_z = static_cast<int32_t>(problem.x.c / problem.group);
  return RecordQuads(
      choice, builder.traits().default_local_size, DivideUp(problem.y.c, 4), push, operands,
      {operands.bias.id >= 0, operands.residual.id >= 0, SmoothKind(params.activation)}, builder);
}

bool IsBounded(const ActivationParams& activation) {
  switch (activation.kind) {
    case ActivationKind::kClip:
    case ActivationKind::kSigmoid:
    case ActivationKind::kTanh:
    case ActivationKind::kHardSigmoid:
      return true;
    default:
      return false;
  }
}

bool AllConstant(const ConvParams& params, std::span<const bool> constant) {
  return constant[1] && (!params.has_bias || constant[2]);
}

ConvProblem ProblemOf(const ConvParams& params, const Shape& x, const Shape& y) {
  return {.x = ImageDimsOf(x),
          .y = ImageDimsOf(y),
          .window = params.window,
          .group = params.group,
          .bounded = IsBounded(params.activation)};
}

ConvChoice Choose(const ConvProblem& problem, const VulkanStepBuilder& builder) {
  return ChooseConvKernel(
      ChosenBy(problem, builder.traits()), builder.traits(),
      [&](std::string_view shader) { return builder.Usable(shader); },
      builder.ForcedKernel("conv"));
}

// A kernel reads x where it lies, row by row.
bool TakesRows(const ConvParams& params, const VulkanStepShape& shape) {
  if (shape.device == nullptr || shape.layouts[0] != kLinear) return false;
  ConvProblem problem = ProblemOf(params, shape.inputs[0].shape, shape.outputs[0].shape);
  problem.linear_input = true;
  problem.constant_weights = AllConstant(params, shape.constant);
  const ConvChoice choice = Choose(problem, *shape.device);
  return choice.kernel != nullptr && choice.kernel->method == ConvMethod::kRows;
}

}  // namespace

VulkanLayouts ChooseLayouts(const ConvParams& params, const VulkanStepShape& shape) {
  const int weights = AllConstant(params, shape.constant) ? VulkanLayouts::kHost : kLinear;
  const int x = TakesRows(params, shape) ? kLinear : kC4;
  VulkanLayouts layouts{.inputs = {x, weights}, .outputs = {kC4}};
  if (params.has_bias) layouts.inputs.push_back(weights);
  if (params.has_residual) layouts.inputs.push_back(kC4);
  return layouts;
}

absl::Status RecordVulkan(const ConvParams& params, VulkanStepBuilder& builder) {
  const ConvInputs inputs = InputsOf(params);
  ConvProblem problem =
      ProblemOf(params, builder.input(0).spec.shape, builder.output(0).spec.shape);
  problem.linear_input = builder.input(0).layout == VulkanLayout::kLinear;
  problem.constant_weights = builder.constant(1) != nullptr;
  const ConvChoice choice = Choose(problem, builder);
  if (choice.kernel == nullptr) {
    return absl::UnimplementedError(
        absl::StrFormat("Conv with %s has no Vulkan kernel; strides and dilations reach to %d",
                        params.window.ToString(), kMaxPacked));
  }
  RefuseOtherRows(problem, choice, builder);
  const ConvPush push =
      MakeConvPush(problem, builder.input(0).plane, builder.output(0).plane, params.activation);
  ConvOperands operands{.x = builder.input_operand(0),
                        .residual = OperandOf(inputs.residual, builder),
                        .y = builder.output_operand(0)};
  if (choice.kernel->method == ConvMethod::kDirect) {
    return RecordDirect(params, choice, problem, push, operands, builder);
  }
  const HostTensor* bias = inputs.bias < 0 ? nullptr : builder.constant(inputs.bias);
  CONVOY_ASSIGN_OR_RETURN(operands.bias, PackBias(bias, problem.y.c, 1, builder));
  if (choice.kernel->method == ConvMethod::kRows) {
    return RecordRows(params, choice, problem, operands, builder);
  }
  if (choice.kernel->method == ConvMethod::kRegisterTile || choice.kernel->is_block()) {
    return RecordRegisterTile(params, choice, problem, push, operands, builder);
  }
  if (choice.kernel->method == ConvMethod::kWinograd) {
    return RecordWinograd(params, choice, problem, *builder.constant(1), operands, builder);
  }
  CONVOY_ASSIGN_OR_RETURN(operands.weights, PackDepthwise(*builder.constant(1), problem.x.c,
                                                          params.window.taps(), builder));
  if (choice.kernel->method == ConvMethod::kDepthwiseStrip) {
    return RecordStrip(params, choice, problem, operands, builder);
  }
  return RecordQuads(choice, builder.traits().default_local_size, DivideUp(problem.y.c, 4), push,
                     operands, {operands.residual.id >= 0, SmoothKind(params.activation)}, builder);
}

}  // namespace convoy::compute
