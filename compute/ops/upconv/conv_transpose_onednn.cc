#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "compute/ops/conv/panel_step_onednn.h"
#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

// ONNX's weights are [C, M/group, kernel...]; oneDNN names the same bytes
// [group, M/group, C/group, kernel...], the two channel dimensions swapped.
Layout WeightView(const ConvTransposeParams& params, const Dims& onnx) {
  const Layout plain = RowMajor(onnx);
  const int64_t* plain_strides = plain.data.format_desc.blocking.strides;
  Dims dims = onnx;
  Dims strides(plain_strides, plain_strides + onnx.size());
  dims[0] /= params.group;
  std::swap(dims[0], dims[1]);
  std::swap(strides[0], strides[1]);
  if (params.group > 1) {
    strides.insert(strides.begin(), onnx[0] / params.group * plain_strides[0]);
    dims.insert(dims.begin(), params.group);
  }
  return Strided(dims, strides);
}

}  // namespace

absl::Status BuildOnednn(const ConvTransposeParams& params, OnednnStepBuilder& builder) {
  std::string_view objection = PanelStepObjection(params.has_bias, builder);
  if (objection.empty()) {
    const Shape x = ShapeOf(builder.dims(0));
    const Shape y = ShapeOf(builder.output_dims());
    objection = PanelConv::UpconvObjection(params, x, y);
    if (objection.empty()) {
      builder.Refuse("deconvolution", "by rule: oneDNN's is the slower where panels cover");
      return BuildPanelConv(*PanelConv::ForUpconv(params, x, y), params.has_bias,
                            ChannelBlocks(builder.dims(0)), builder);
    }
  }
  builder.Refuse("panels", objection);
  OnednnWindow window = OnednnWindowOf(params.window);
  const Layout weights = WeightView(params, builder.dims(1));
  const Layout bias = params.has_bias ? RowMajor(builder.dims(2)) : Layout();
  // Output padding is padding that the window does not have. oneDNN takes it off itself where it is
  // less than the stride.
  const int first = 3 - params.window.rank;
  for (size_t i = 0; i < window.pads_end.size(); ++i) {
    window.pads_end[i] -= params.output_padding[first + i];
  }

  dnnl::post_ops post_ops;
  AppendActivation(params.activation, post_ops);
  const dnnl::deconvolution_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct,
       AnyLayout(builder.dims(0)), AnyLayout(weights.dims()), bias,
       AnyLayout(builder.output_dims()), window.strides, window.dilations, window.pads_begin,
       window.pads_end},
      OnednnStepBuilder::Attributes(post_ops), builder.engine());

  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.ReadView(DNNL_ARG_WEIGHTS, 1, weights, kernel.weights_desc());
  if (params.has_bias) builder.Read(DNNL_ARG_BIAS, 2, bias);
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::deconvolution_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
