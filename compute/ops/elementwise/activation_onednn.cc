#include <optional>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

struct Eltwise {
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};

std::optional<Eltwise> EltwiseOf(const ActivationParams& activation) {
  switch (activation.kind) {
    case ActivationKind::kNone:
      return std::nullopt;
    case ActivationKind::kRelu:
      return Eltwise{dnnl::algorithm::eltwise_relu, 0, 0};
    case ActivationKind::kLeakyRelu:
      return Eltwise{dnnl::algorithm::eltwise_relu, activation.alpha, 0};
    case ActivationKind::kClip:
      return Eltwise{dnnl::algorithm::eltwise_clip, activation.alpha, activation.beta};
    case ActivationKind::kSigmoid:
      return Eltwise{dnnl::algorithm::eltwise_logistic, 0, 0};
    case ActivationKind::kTanh:
      return Eltwise{dnnl::algorithm::eltwise_tanh, 0, 0};
  }
  return std::nullopt;
}

}  // namespace

void AppendActivation(const ActivationParams& activation, dnnl::post_ops& post_ops) {
  const std::optional<Eltwise> eltwise = EltwiseOf(activation);
  if (!eltwise.has_value()) return;
  post_ops.append_eltwise(1.0F, eltwise->algorithm, eltwise->alpha, eltwise->beta);
}

absl::Status BuildOnednn(const ActivationParams& params, OnednnStepBuilder& builder) {
  const std::optional<Eltwise> eltwise = EltwiseOf(params);
  if (!eltwise.has_value()) {
    builder.Alias(0, builder.layout(0));
    return absl::OkStatus();
  }
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
