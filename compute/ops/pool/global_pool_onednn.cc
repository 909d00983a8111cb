#include "compute/ops/onednn_ops.h"

namespace convoy::compute {

absl::Status BuildOnednn(const GlobalPoolParams& params, OnednnStepBuilder& builder) {
  const Dims in = builder.dims(0);
  const Dims window(in.begin() + 2, in.end());
  const Dims strides(window.size(), 1);
  const Dims pads(window.size(), 0);
  const dnnl::algorithm algorithm = params.kind == PoolKind::kMax
                                        ? dnnl::algorithm::pooling_max
                                        : dnnl::algorithm::pooling_avg_exclude_padding;
  const dnnl::pooling_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, algorithm, builder.layout(0),
       AnyLayout(builder.output_dims()), strides, window, pads, pads},
      OnednnStepBuilder::Attributes(), builder.engine());

  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::pooling_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
