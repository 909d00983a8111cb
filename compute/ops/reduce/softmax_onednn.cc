#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

dnnl::softmax_forward::primitive_desc KernelFor(const SoftmaxParams& params, const Layout& source,
                                                const OnednnStepBuilder& builder) {
  return {{dnnl::prop_kind::forward_inference, source, params.axis},
          OnednnStepBuilder::Attributes(),
          builder.engine()};
}

}  // namespace

absl::Status BuildOnednn(const SoftmaxParams& params, OnednnStepBuilder& builder) {
  dnnl::softmax_forward::primitive_desc kernel = KernelFor(params, builder.layout(0), builder);
  if (IsPlainLoop(kernel)) kernel = KernelFor(params, RowMajor(builder.dims(0)), builder);
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::softmax_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
