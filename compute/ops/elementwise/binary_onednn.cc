#include <utility>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

// undef: oneDNN does not have it.
dnnl::algorithm AlgorithmOf(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return dnnl::algorithm::binary_add;
    case BinaryKind::kSub:
      return dnnl::algorithm::binary_sub;
    case BinaryKind::kMul:
      return dnnl::algorithm::binary_mul;
    case BinaryKind::kDiv:
      return dnnl::algorithm::binary_div;
    case BinaryKind::kMin:
      return dnnl::algorithm::binary_min;
    case BinaryKind::kMax:
      return dnnl::algorithm::binary_max;
    default:
      return dnnl::algorithm::undef;
  }
}

// Ones before the dimensions, as broadcasting aligns them.
Dims Aligned(const Dims& dims, size_t rank) {
  Dims aligned(rank - dims.size(), 1);
  aligned.insert(aligned.end(), dims.begin(), dims.end());
  return aligned;
}

// oneDNN broadcasts its second operand only.
struct Operands {
  int full = 0;   // the input with all of the output's elements
  int other = 1;  // the one that may be broadcast
};

dnnl::binary::primitive_desc KernelFor(dnnl::algorithm algorithm, const dnnl::post_ops& post_ops,
                                       const Layout& full, const Layout& other,
                                       const OnednnStepBuilder& builder) {
  return {{algorithm, full, other, AnyLayout(full.dims())},
          OnednnStepBuilder::Attributes(post_ops),
          builder.engine()};
}

absl::Status BuildPRelu(const BinaryParams& params, OnednnStepBuilder& builder) {
  if (params.activation.kind != ActivationKind::kNone) {
    return absl::UnimplementedError("oneDNN takes nothing behind a prelu");
  }
  const Dims slopes = Aligned(builder.dims(1), builder.dims(0).size());
  const dnnl::prelu_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, builder.layout(0), AnyLayout(slopes)},
      OnednnStepBuilder::Attributes(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.ReadView(DNNL_ARG_WEIGHTS, 1, RowMajor(slopes), kernel.weights_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::prelu_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildOnednn(const BinaryParams& params, OnednnStepBuilder& builder) {
  if (params.kind == BinaryKind::kPRelu) return BuildPRelu(params, builder);
  const dnnl::algorithm algorithm = AlgorithmOf(params.kind);
  if (algorithm == dnnl::algorithm::undef) {
    return absl::UnimplementedError("oneDNN does not have this function");
  }
  const Dims out = builder.output_dims();
  const auto is_full = [&](int input) { return Aligned(builder.dims(input), out.size()) == out; };
  Operands operands;
  dnnl::post_ops post_ops;
  if (!is_full(0)) {
    if (!is_full(1) || params.kind == BinaryKind::kDiv) {
      return absl::UnimplementedError("oneDNN broadcasts the second operand only");
    }
    std::swap(operands.full, operands.other);
    // a - b = -1 * (b - a), exactly.
    if (params.kind == BinaryKind::kSub) {
      post_ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_linear, -1.0F, 0.0F);
    }
  }
  AppendActivation(params.activation, post_ops);

  // The second operand follows the order of the first. Blocks of channels go only with blocks of
  // the same channels.
  const Dims other_dims = Aligned(builder.dims(operands.other), out.size());
  Layout full = builder.layout(operands.full);
  if (full.dims() != out || (IsBlocked(full) && other_dims != out)) full = RowMajor(out);
  Layout other = IsBlocked(full) ? full : InOrderOf(full, other_dims);
  dnnl::binary::primitive_desc kernel = KernelFor(algorithm, post_ops, full, other, builder);
  if (IsPlainLoop(kernel) && !IsRowMajor(full)) {
    kernel = KernelFor(algorithm, post_ops, RowMajor(out), RowMajor(other_dims), builder);
  }

  builder.Read(DNNL_ARG_SRC_0, operands.full, kernel.src0_desc());
  if (other_dims == builder.dims(operands.other)) {
    builder.Read(DNNL_ARG_SRC_1, operands.other, kernel.src1_desc());
  } else {
    builder.ReadView(DNNL_ARG_SRC_1, operands.other, RowMajor(other_dims), kernel.src1_desc());
  }
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::binary(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
