#include "compute/ops/onednn_ops.h"

namespace convoy::compute {

absl::Status BuildOnednn(const LrnParams& params, OnednnStepBuilder& builder) {
  if (params.before() != params.after()) {
    return absl::UnimplementedError("oneDNN's windows reach as far to both sides");
  }
  dnnl::lrn_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, dnnl::algorithm::lrn_across_channels, builder.layout(0),
       params.size, params.alpha, params.beta, params.bias},
      OnednnStepBuilder::Attributes(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::lrn_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
