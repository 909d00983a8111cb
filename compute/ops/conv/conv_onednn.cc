#include <memory>

#include "absl/strings/str_format.h"
#include "compute/cpu/parallel_for.h"
#include "compute/ops/conv/conv_choice_onednn.h"
#include "compute/ops/conv/panel_step_onednn.h"
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

int ResidualInput(const ConvParams& params) { return params.has_bias ? 3 : 2; }

absl::Status BuildOnednnConv(const ConvParams& params, dnnl::algorithm algorithm,
                             OnednnStepBuilder& builder) {
  const Dims weight_dims = WeightDims(params, builder.dims(1));
  const auto kernel = ConvKernel(params, algorithm, builder.dims(0), weight_dims,
                                 builder.output_dims(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.ReadView(DNNL_ARG_WEIGHTS, 1, RowMajor(weight_dims), kernel.weights_desc());
  if (params.has_bias) builder.Read(DNNL_ARG_BIAS, 2, RowMajor(builder.dims(2)));
  if (params.has_residual) {
    builder.WriteOver(ResidualInput(params), kernel.dst_desc());
  } else {
    builder.Write(kernel.dst_desc());
  }
  builder.Execute(dnnl::convolution_forward(kernel), kernel);
  return absl::OkStatus();
}

absl::Status BuildWinograd(const ConvParams& params, OnednnStepBuilder& builder) {
  const Dims x = builder.dims(0);
  const Dims y = builder.output_dims();
  const WinogradLayer layer = WinogradLayerOf(params, x, y);
  const auto conv = std::make_shared<const WinogradConv>(layer, ParallelThreads());
  builder.Read(DNNL_ARG_SRC, 0, ChannelBlocks(x));
  builder.ReadMade(1, "winograd", WinogradWeightCount(x[1], y[1]),
                   [layer](const HostTensor& values, std::span<float> made) {
                     MakeWinogradWeights(values.data<float>(), layer.kernel, layer.in_channels,
                                         layer.out_channels, made);
                   });
  if (params.has_bias) builder.Read(DNNL_ARG_BIAS, 2, RowMajor(builder.dims(2)));
  if (params.has_residual) {
    builder.WriteOver(ResidualInput(params), ChannelBlocks(y));
  } else {
    builder.Write(ChannelBlocks(y));
  }
  builder.ExecuteOwn(
      [conv, has_bias = params.has_bias](std::span<std::byte* const> operands) {
        const auto floats = [&](size_t i) { return reinterpret_cast<float*>(operands[i]); };
        const size_t output = has_bias ? 3 : 2;
        conv->Run(floats(0), floats(1), has_bias ? floats(2) : nullptr, floats(output),
                  floats(output + 1));
      },
      absl::StrFormat("winograd_%dx%d:avx2", layer.tile(), layer.tile()), conv->scratch_floats());
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildOnednn(const ConvParams& params, OnednnStepBuilder& builder) {
  const ConvChoice choice = ChooseConvAlgorithm(params, builder);
  builder.Explain(choice.why);
  RefuseOthers(params, choice, builder);
  switch (choice.algorithm) {
    case ConvAlgorithm::kWinograd:
      return BuildWinograd(params, builder);
    case ConvAlgorithm::kOnednnWinograd:
      return BuildOnednnConv(params, dnnl::algorithm::convolution_winograd, builder);
    case ConvAlgorithm::kPanels:
      return BuildPanelConv(*PanelConv::ForFewChannels(params, ShapeOf(builder.dims(0)),
                                                       ShapeOf(builder.output_dims())),
                            params.has_bias, RowMajor(builder.dims(0)), builder);
    case ConvAlgorithm::kDirect:
      break;
  }
  return BuildOnednnConv(params, dnnl::algorithm::convolution_direct, builder);
}

}  // namespace convoy::compute
