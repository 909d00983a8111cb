#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

// ONNX's [M, C/group, kernel...] is oneDNN's [group, M/group, C/group, kernel...]: the same bytes.
Dims WeightDims(const ConvParams& params, const Dims& onnx) {
  if (params.group == 1) return onnx;
  Dims dims = onnx;
  dims[0] /= params.group;
  dims.insert(dims.begin(), params.group);
  return dims;
}

}  // namespace

absl::Status BuildOnednn(const ConvParams& params, OnednnStepBuilder& builder) {
  const OnednnWindow window = OnednnWindowOf(params.window);
  const Dims weight_dims = WeightDims(params, builder.dims(1));
  const Layout bias = params.has_bias ? RowMajor(builder.dims(2)) : Layout();
  const int residual = params.has_bias ? 3 : 2;

  // The residual is summed into: as a `binary` post-op it would cost the fast kernels, which take
  // none over a whole tensor.
  dnnl::post_ops post_ops;
  if (params.has_residual) post_ops.append_sum(1.0F);
  AppendActivation(params.activation, post_ops);
  const dnnl::convolution_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
       AnyLayout(builder.dims(0)), AnyLayout(weight_dims), bias, AnyLayout(builder.output_dims()),
       window.strides, window.dilations, window.pads_begin, window.pads_end},
      OnednnStepBuilder::Attributes(post_ops), builder.engine());

  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.ReadView(DNNL_ARG_WEIGHTS, 1, RowMajor(weight_dims), kernel.weights_desc());
  if (params.has_bias) builder.Read(DNNL_ARG_BIAS, 2, bias);
  if (params.has_residual) {
    builder.WriteOver(residual, kernel.dst_desc());
  } else {
    builder.Write(kernel.dst_desc());
  }
  builder.Execute(dnnl::convolution_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
