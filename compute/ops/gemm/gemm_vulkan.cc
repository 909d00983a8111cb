#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_tile_vulkan.h"
#include "compute/ops/gemm/dense_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

constexpr int kC4 = static_cast<int>(VulkanLayout::kC4);
constexpr int kLinear = static_cast<int>(VulkanLayout::kLinear);

// Mirrors shaders/gemm/gemm_linear.comp.
struct LinearPush {
  int32_t rows, inner, outer;
  int32_t a_row, a_inner;
  int32_t b_inner, b_outer;
  int32_t c_row, c_outer;
  float product_scale, bias_scale;
  Epilogue epilogue;
  int32_t first;
};

constexpr std::string_view kNoDenseLayer =
    "no dense layer of few rows: weights or bias are computed, or a matrix is transposed";

GemmSizes SizesOf(const GemmParams& params, const TensorSpec& a, const TensorSpec& y) {
  return {y.shape[0], a.shape[params.trans_a ? 0 : 1], y.shape[1]};
}

// c is one value for every column, or one for all: what a bias operand can be.
bool IsRowBias(const TensorSpec& c, int64_t outer) {
  const int64_t elements = c.elements();
  if (elements == 1) return true;
  return elements == outer && c.shape[c.shape.rank() - 1] == outer;
}

bool IsDenseLayer(const GemmParams& params, std::span<const TensorSpec> inputs,
                  std::span<const bool> constant, int64_t outer) {
  if (params.trans_a || !constant[1]) return false;
  return !params.has_bias || (constant[2] && IsRowBias(inputs[2], outer));
}

const HostTensor* BiasOf(const GemmParams& params, const VulkanStepBuilder& builder) {
  return params.has_bias ? builder.constant(2) : nullptr;
}

// The weights as conv_rt reads them.
absl::StatusOr<VulkanOperand> PackTiles(const DenseWeights& weights, const TilePacking& packing,
                                        VulkanStepBuilder& builder) {
  const std::string name = weights.Name(packing.Name("gemm").c_str());
  return builder.Weights(*builder.constant(1), name, [&](std::span<const float> b) {
    return packing.Pack([](int64_t) { return int64_t{1}; },
                        [&](int64_t, int64_t m, int64_t c, int64_t) { return weights(b, m, c); });
  });
}

// The weights as the direct kernel reads them: [N][K].
absl::StatusOr<VulkanOperand> PackRows(const DenseWeights& weights, VulkanStepBuilder& builder) {
  return builder.Weights(*builder.constant(1), weights.Name("rows"), [&](std::span<const float> b) {
    std::vector<float> rows;
    rows.reserve(b.size());
    for (int64_t m = 0; m < weights.outer; ++m) {
      for (int64_t k = 0; k < weights.inner; ++k) rows.push_back(weights(b, m, k));
    }
    return rows;
  });
}

// The layer as a convolution of `rows` images of one pixel.
ConvProblem AsConv(const GemmSizes& sizes) {
  return {.x = {.n = sizes.rows, .c = sizes.inner}, .y = {.n = sizes.rows, .c = sizes.outer}};
}

// For reports. `objection`: what speaks against the dense kernels; `row`: the convolution kernel
// that is chosen, null where none is.
void RefuseOthers(const GemmSizes& sizes, std::string_view chosen, std::string_view objection,
                  const ConvKernel* row, VulkanStepBuilder& builder) {
  const VulkanTraits& traits = builder.traits();
  if (!traits.explain) return;
  std::vector<OtherKernel> others = OtherDenseKernels(sizes, chosen, objection, builder);
  std::vector<OtherKernel> rows = OtherConvKernels(
      ChosenBy(AsConv(sizes), traits), traits,
      [&](std::string_view shader) { return builder.ObjectionTo(shader); }, row);
  for (OtherKernel& other : rows) {
    if (row == nullptr) other.why = "for dense layers of more rows: it takes pixels in tiles";
    others.push_back(std::move(other));
  }
  builder.Refuse(std::move(others));
}

absl::Status RecordAsConv(const GemmParams& params, const GemmSizes& sizes,
                          VulkanStepBuilder& builder) {
  const ConvProblem problem = AsConv(sizes);
  const ConvChoice choice = ChooseConvKernel(
      ChosenBy(problem, builder.traits()), builder.traits(),
      [&](std::string_view shader) { return builder.Usable(shader); },
      builder.ForcedKernel("gemm"));
  if (choice.kernel == nullptr) {
    return absl::UnimplementedError("Gemm has no Vulkan kernel that passed its self-test");
  }
  RefuseOthers(sizes, choice.kernel->name,
               builder.traits().batch_invariant ? "--batch-invariant: made for a number of rows"
                                                : "more rows, or weights, than it is made for",
               choice.kernel, builder);
  const DenseWeights weights{params.trans_b, sizes.inner, sizes.outer, params.alpha};
  ConvPush push =
      MakeConvPush(problem, builder.input(0).plane, builder.output(0).plane, params.activation);
  ConvOperands operands{.x = builder.input_operand(0), .y = builder.output_operand(0)};
  CONVOY_ASSIGN_OR_RETURN(operands.bias,
                          PackBias(BiasOf(params, builder), sizes.outer, params.beta, builder));
  if (choice.kernel->method == ConvMethod::kDirect) {
    CONVOY_ASSIGN_OR_RETURN(operands.weights, PackRows(weights, builder));
    push.in_quads = 1;
    push.weights_z = static_cast<int32_t>(sizes.inner);
    return RecordQuads(choice, builder.traits().default_local_size, DivideUp(sizes.outer, 4), push,
                       operands, {true, false, SmoothKind(params.activation)}, builder);
  }
  const TilePacking packing{
      .out_channels = sizes.outer, .in_channels = sizes.inner, .tn = choice.kernel->tn};
  CONVOY_ASSIGN_OR_RETURN(operands.weights, PackTiles(weights, packing, builder));
  return RecordTile(choice, problem, push, operands, params.activation, packing, builder);
}

// An input as row-major floats, wherever it lies.
absl::StatusOr<VulkanOperand> LinearOperand(int input, VulkanStepBuilder& builder) {
  const HostTensor* values = builder.constant(input);
  if (values == nullptr) return builder.input_operand(input);
  return builder.Weights(*values, "linear", [](std::span<const float> given) {
    return std::vector<float>(given.begin(), given.end());
  });
}

LinearPush MakeLinearPush(const GemmParams& params, const GemmSizes& sizes) {
  const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
  LinearPush push{narrow(sizes.rows), narrow(sizes.inner), narrow(sizes.outer)};
  push.a_row = params.trans_a ? 1 : push.inner;
  push.a_inner = params.trans_a ? push.rows : 1;
  push.b_inner = params.trans_b ? 1 : push.outer;
  push.b_outer = params.trans_b ? push.inner : 1;
  push.product_scale = params.alpha;
  push.bias_scale = params.beta;
  push.epilogue = EpilogueOf(params.activation);
  return push;
}

// Everything else, and the small layer whose kernels failed their self-test: one element an
// invocation.
absl::Status RecordLinear(const GemmParams& params, const GemmSizes& sizes,
                          VulkanStepBuilder& builder) {
  LinearPush push = MakeLinearPush(params, sizes);
  VulkanDispatch dispatch;
  dispatch.shader = "gemm/gemm_linear";
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[0], LinearOperand(0, builder));
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[1], LinearOperand(1, builder));
  if (params.has_bias) {
    const Shape& c = builder.input(2).spec.shape;
    const int64_t columns = c.rank() == 0 ? 1 : c[c.rank() - 1];
    const int64_t rows = c.rank() < 2 ? 1 : c[c.rank() - 2];
    push.c_outer = columns == 1 ? 0 : 1;
    push.c_row = rows == 1 ? 0 : static_cast<int32_t>(columns);
    CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[2], LinearOperand(2, builder));
  }
  dispatch.output = builder.output_operand(0);
  dispatch.constants = {params.has_bias, SmoothKind(params.activation)};
  const int64_t local = builder.traits().default_local_size;
  const int64_t groups = DivideUp(sizes.rows * sizes.outer, local);
  const int64_t limit = builder.traits().max_groups;
  for (int64_t first = 0; first < groups; first += limit) {
    push.first = static_cast<int32_t>(first * local);
    dispatch.SetPush(push);
    dispatch.groups[0] = static_cast<uint32_t>(std::min(limit, groups - first));
    CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
  }
  return absl::OkStatus();
}

bool TakesDenseKernels(const GemmSizes& sizes, const VulkanStepShape& shape) {
  const bool may_group = shape.device != nullptr && shape.device->ForcedKernel("gemm").empty();
  // Each of them is made for a number of rows.
  if (may_group && shape.device->traits().batch_invariant) return false;
  return UsesDenseKernels(sizes, may_group ? shape.device->traits() : VulkanTraits());
}

}  // namespace

VulkanLayouts ChooseLayouts(const GemmParams& params, const VulkanStepShape& shape) {
  const GemmSizes sizes = SizesOf(params, shape.inputs[0], shape.outputs[0]);
  const bool dense = IsDenseLayer(params, shape.inputs, shape.constant, sizes.outer);
  const int activations = dense && !TakesDenseKernels(sizes, shape) ? kC4 : kLinear;
  const int weights = dense ? VulkanLayouts::kHost : kLinear;
  VulkanLayouts layouts{.inputs = {activations, weights}, .outputs = {activations}};
  if (params.has_bias) layouts.inputs.push_back(weights);
  return layouts;
}

absl::Status RecordVulkan(const GemmParams& params, VulkanStepBuilder& builder) {
  const GemmSizes sizes = SizesOf(params, builder.input(0).spec, builder.output(0).spec);
  if (builder.input(0).layout == VulkanLayout::kC4) return RecordAsConv(params, sizes, builder);
  const bool dense = builder.constant(1) != nullptr && UsesDenseKernels(sizes, builder.traits());
  const std::string name = dense ? ChooseDenseKernel(sizes.rows, builder) : "";
  if (name.empty()) {
    RefuseOthers(sizes, "linear", dense ? "" : kNoDenseLayer, nullptr, builder);
    return RecordLinear(params, sizes, builder);
  }
  RefuseOthers(sizes, name, "", nullptr, builder);
  return RecordDense(params, sizes, name, builder);
}

}  // namespace convoy::compute
