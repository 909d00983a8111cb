#include "compute/ops/onednn_ops.h"

namespace convoy::compute {

absl::Status BuildOnednn(const BatchNormParams& params, OnednnStepBuilder& builder) {
  using Flags = dnnl::normalization_flags;
  const dnnl::batch_normalization_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, builder.layout(0), params.epsilon,
       Flags::use_global_stats | Flags::use_scale | Flags::use_shift},
      OnednnStepBuilder::Attributes(), builder.engine());

  const Layout channels = RowMajor(builder.dims(1));
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Read(DNNL_ARG_SCALE, 1, channels);
  builder.Read(DNNL_ARG_SHIFT, 2, channels);
  builder.Read(DNNL_ARG_MEAN, 3, channels);
  builder.Read(DNNL_ARG_VARIANCE, 4, channels);
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::batch_normalization_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
