#include <vector>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

struct Eltwise {
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
  float scale = 1;  // of the result; post-ops only
};

// What the activation is to oneDNN, one function after the other.
std::vector<Eltwise> EltwisesOf(const ActivationParams& activation) {
  using dnnl::algorithm;
  const float alpha = activation.alpha;
  const float beta = activation.beta;
  switch (activation.kind) {
    case ActivationKind::kNone:
      return {};
    case ActivationKind::kRelu:
      return {{algorithm::eltwise_relu}};
    case ActivationKind::kLeakyRelu:
      return {{algorithm::eltwise_relu, alpha}};
    case ActivationKind::kClip:
      return {{algorithm::eltwise_clip, alpha, beta}};
    case ActivationKind::kSigmoid:
      return {{algorithm::eltwise_logistic}};
    case ActivationKind::kTanh:
      return {{algorithm::eltwise_tanh}};
    case ActivationKind::kElu:
      return {{algorithm::eltwise_elu, alpha, 0, beta}};
    case ActivationKind::kCelu:
      return {{algorithm::eltwise_linear, 1 / alpha}, {algorithm::eltwise_elu, 1, 0, alpha}};
    case ActivationKind::kHardSigmoid:
      return {{algorithm::eltwise_linear, alpha, beta}, {algorithm::eltwise_clip, 0, 1}};
    case ActivationKind::kHardSwish:
      return {{algorithm::eltwise_hardswish}};
    case ActivationKind::kSwish:
      return {{algorithm::eltwise_swish, alpha}};
    case ActivationKind::kGelu:
      return {{algorithm::eltwise_gelu_erf}};
    case ActivationKind::kGeluTanh:
      return {{algorithm::eltwise_gelu_tanh}};
    case ActivationKind::kMish:
      return {{algorithm::eltwise_mish}};
    case ActivationKind::kSoftplus:
      return {{algorithm::eltwise_soft_relu}};
  }
  return {};
}

}  // namespace

void AppendActivation(const ActivationParams& activation, dnnl::post_ops& post_ops) {
  for (const Eltwise& eltwise : EltwisesOf(activation)) {
    post_ops.append_eltwise(eltwise.scale, eltwise.algorithm, eltwise.alpha, eltwise.beta);
  }
}

absl::Status BuildOnednn(const ActivationParams& params, OnednnStepBuilder& builder) {
  const std::vector<Eltwise> eltwises = EltwisesOf(params);
  if (eltwises.empty()) {
    builder.Alias(0, builder.layout(0));
    return absl::OkStatus();
  }
  // oneDNN 2.6 gives wrong results for post-ops behind a function of few elements.
  if (eltwises.size() > 1 || eltwises[0].scale != 1) {
    return absl::UnimplementedError("oneDNN has no single function for this activation");
  }
  // Behind a layer that is lost in its sums.
  if (params.kind == ActivationKind::kSoftplus) {
    return absl::UnimplementedError("oneDNN's softplus is 6e-7 off where it is near 0");
  }
  const Eltwise& first = eltwises[0];
  const dnnl::eltwise_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, first.algorithm, builder.layout(0), first.alpha,
       first.beta},
      OnednnStepBuilder::Attributes(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::eltwise_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
