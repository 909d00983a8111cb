#include "models/zoo/zoo_blocks.h"

#include <algorithm>
#include <numbers>

namespace convoy::models {

ZooOptions WithDefaults(ZooOptions options, int64_t size, int64_t width, int64_t classes) {
  if (options.size == 0) options.size = size;
  if (options.width == 0) options.width = width;
  if (options.classes == 0) options.classes = classes;
  return options;
}

int64_t Scaled(int64_t channels, int64_t width, int64_t paper_width) {
  return std::max<int64_t>(1, channels * width / paper_width);
}

ZooTensor ConvNorm(OnnxBuilder& net, const std::string& name, const ZooTensor& x, ConvLayer layer,
                   double scale) {
  layer.bias = false;
  return net.BatchNorm(name + ".bn", net.Conv(name + ".conv", x, layer), scale);
}

ZooTensor ConvNormRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                       const ConvLayer& layer) {
  return net.Relu(name + ".relu", ConvNorm(net, name, x, layer));
}

ZooTensor ConvBiasNormRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                           const ConvLayer& layer) {
  return net.Relu(name + ".relu", net.BatchNorm(name + ".bn", net.Conv(name + ".conv", x, layer)));
}

ZooTensor ConvRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                   const ConvLayer& layer) {
  return net.Relu(name + ".relu", net.Conv(name, x, layer));
}

ConvLayer Depthwise(const ZooTensor& x, int64_t kernel, int64_t stride) {
  return {.channels = x.channels,
          .kernel = kernel,
          .stride = stride,
          .pad = kernel / 2,
          .groups = x.channels};
}

ZooTensor Swish(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  return net.Mul(name + ".mul", x, net.Unary("Sigmoid", name + ".sigmoid", x));
}

ZooTensor Gelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  ZooTensor y = net.WithNumber("Div", name + ".div", x, std::numbers::sqrt2_v<float>);
  y = net.Unary("Erf", name + ".erf", y);
  y = net.WithNumber("Add", name + ".add", y, 1);
  y = net.Mul(name + ".mul", x, y);
  return net.WithNumber("Mul", name + ".half", y, 0.5F);
}

ZooTensor SqueezeExcite(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                        int64_t squeezed, bool hard) {
  ZooTensor y = net.GlobalAveragePool(name + ".pool", x);
  y = net.Conv(name + ".squeeze", y, {.channels = squeezed});
  y = hard ? net.Relu(name + ".relu", y) : Swish(net, name + ".swish", y);
  y = net.Conv(name + ".excite", y, {.channels = x.channels, .gain = kLinearGain});
  y = hard ? net.HardSigmoid(name + ".gate", y) : net.Unary("Sigmoid", name + ".gate", y);
  return net.Mul(name + ".scale", x, y);
}

ZooTensor PoolAndClassify(OnnxBuilder& net, const ZooTensor& x, int64_t classes) {
  const ZooTensor means = net.Flatten("flatten", net.GlobalAveragePool("pool", x));
  return net.Dense("fc", means, classes, kLinearGain);
}

}  // namespace convoy::models
