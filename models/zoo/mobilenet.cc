#include "models/zoo/mobilenet.h"

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

// One row of V3's table 1; channels at width 16. `squeezed` is 0 where there is no squeeze and
// excitation.
struct V3Row {
  int64_t kernel, expanded, out, squeezed;
  bool hard_swish;
  int64_t stride;
};

constexpr V3Row kV3Rows[] = {
    {3, 16, 16, 0, false, 1},    {3, 64, 24, 0, false, 2},    {3, 72, 24, 0, false, 1},
    {5, 72, 40, 24, false, 2},   {5, 120, 40, 32, false, 1},  {5, 120, 40, 32, false, 1},
    {3, 240, 80, 0, true, 2},    {3, 200, 80, 0, true, 1},    {3, 184, 80, 0, true, 1},
    {3, 184, 80, 0, true, 1},    {3, 480, 112, 120, true, 1}, {3, 672, 112, 168, true, 1},
    {5, 672, 160, 168, true, 2}, {5, 960, 160, 240, true, 1}, {5, 960, 160, 240, true, 1},
};

// One row of V2's table 2; channels at width 32.
struct V2Row {
  int64_t expansion, out;
  int repeats;
  int64_t stride;
};

constexpr V2Row kV2Rows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

ZooTensor ConvNormRelu6(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                        const ConvLayer& layer) {
  return net.Clip(name + ".relu6", ConvNorm(net, name, x, layer), 0, 6);
}

ZooTensor ConvNormHardSwish(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                            const ConvLayer& layer) {
  return net.Unary("HardSwish", name + ".hswish", ConvNorm(net, name, x, layer));
}

ZooTensor InvertedResidual(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                           const V2Row& row, int64_t channels, int64_t stride) {
  ZooTensor y = x;
  if (row.expansion > 1) {
    y = ConvNormRelu6(net, name + ".expand", y, {.channels = x.channels * row.expansion});
  }
  y = ConvNormRelu6(net, name + ".depthwise", y, Depthwise(y, 3, stride));
  const bool residual = stride == 1 && x.channels == channels;
  y = ConvNorm(net, name + ".project", y, {.channels = channels}, residual ? kBranchScale : 1.0);
  return residual ? net.Add(name + ".add", y, x) : y;
}

ZooTensor V3Block(OnnxBuilder& net, const std::string& name, const ZooTensor& x, const V3Row& row,
                  int64_t width) {
  const auto conv = row.hard_swish ? ConvNormHardSwish : ConvNormRelu;
  const int64_t expanded = Scaled(row.expanded, width, 16);
  const int64_t channels = Scaled(row.out, width, 16);
  ZooTensor y = x;
  if (expanded != x.channels) y = conv(net, name + ".expand", y, {.channels = expanded});
  y = conv(net, name + ".depthwise", y, Depthwise(y, row.kernel, row.stride));
  ConvLayer project{.channels = channels};
  if (row.squeezed > 0) {
    y = SqueezeExcite(net, name + ".se", y, Scaled(row.squeezed, width, 16), true);
    project.gain *= kSqueezeExciteGain;
  }
  const bool residual = row.stride == 1 && x.channels == channels;
  y = ConvNorm(net, name + ".project", y, project, residual ? kBranchScale : 1.0);
  return residual ? net.Add(name + ".add", y, x) : y;
}

}  // namespace

absl::StatusOr<std::string> BuildMobileNetV1(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 32, 1000);
  OnnxBuilder net("mobilenet_v1", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvNormRelu(net, "conv1", x,
                   {.channels = options.width, .kernel = 3, .stride = 2, .pad = 1});
  int number = 1;
  for (const int64_t times : {2, 4, 4, 8, 8, 16, 16, 16, 16, 16, 16, 32, 32}) {
    const std::string name = absl::StrFormat("conv%d", ++number);
    const int64_t channels = times * options.width;
    // The first block widens without halving.
    const int64_t stride = channels > x.channels && number > 2 ? 2 : 1;
    x = ConvNormRelu(net, name + ".depthwise", x, Depthwise(x, 3, stride));
    x = ConvNormRelu(net, name + ".pointwise", x, {.channels = channels});
  }
  return net.Finish(PoolAndClassify(net, x, options.classes));
}

absl::StatusOr<std::string> BuildMobileNetV2(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 32, 1000);
  OnnxBuilder net("mobilenet_v2", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvNormRelu6(net, "conv1", x,
                    {.channels = options.width, .kernel = 3, .stride = 2, .pad = 1});
  int number = 1;
  for (const V2Row& row : kV2Rows) {
    for (int i = 0; i < row.repeats; ++i) {
      const std::string name = absl::StrFormat("block%d", number++);
      const int64_t stride = i == 0 ? row.stride : 1;
      x = InvertedResidual(net, name, x, row, Scaled(row.out, options.width, 32), stride);
    }
  }
  x = ConvNormRelu6(net, "conv2", x, {.channels = 40 * options.width});
  return net.Finish(PoolAndClassify(net, x, options.classes));
}

absl::StatusOr<std::string> BuildMobileNetV3(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 16, 1000);
  const int64_t width = options.width;
  OnnxBuilder net("mobilenet_v3", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvNormHardSwish(net, "conv1", x, {.channels = width, .kernel = 3, .stride = 2, .pad = 1});
  int number = 1;
  for (const V3Row& row : kV3Rows) {
    x = V3Block(net, absl::StrFormat("block%d", number++), x, row, width);
  }
  x = ConvNormHardSwish(net, "conv2", x, {.channels = 60 * width});
  x = net.Flatten("flatten", net.GlobalAveragePool("pool", x));
  x = net.Unary("HardSwish", "hswish", net.Dense("fc1", x, 80 * width));
  return net.Finish(net.Dense("fc2", net.Dropout("drop", x), options.classes, kLinearGain));
}

}  // namespace convoy::models
