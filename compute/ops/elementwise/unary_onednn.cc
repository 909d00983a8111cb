#include <optional>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

struct Eltwise {
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
};

// Not the logarithm: oneDNN's is 1e-6 off near 1, where it is 0.
std::optional<Eltwise> EltwiseOf(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kAbs:
      return Eltwise{dnnl::algorithm::eltwise_abs};
    case UnaryKind::kNeg:
      return Eltwise{dnnl::algorithm::eltwise_linear, -1};
    case UnaryKind::kReciprocal:
      return Eltwise{dnnl::algorithm::eltwise_pow, 1, -1};
    case UnaryKind::kSqrt:
      return Eltwise{dnnl::algorithm::eltwise_sqrt};
    case UnaryKind::kExp:
      return Eltwise{dnnl::algorithm::eltwise_exp};
    case UnaryKind::kRound:
      return Eltwise{dnnl::algorithm::eltwise_round};
    default:
      return std::nullopt;
  }
}

}  // namespace

absl::Status BuildOnednn(const UnaryParams& params, OnednnStepBuilder& builder) {
  const std::optional<Eltwise> eltwise = EltwiseOf(params.kind);
  if (!eltwise.has_value()) return absl::UnimplementedError("oneDNN does not have this function");
  const dnnl::eltwise_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, eltwise->algorithm, builder.layout(0), eltwise->alpha,
       eltwise->beta},
      OnednnStepBuilder::Attributes(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::eltwise_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
