#include "models/zoo/densenet.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr std::array<int, 4> kLayers = {6, 12, 24, 16};  // in each block

ZooTensor NormRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  return net.Relu(name + ".relu", net.BatchNorm(name + ".bn", x));
}

// `growth` new channels, by way of a narrower 1x1 convolution.
ZooTensor DenseLayer(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                     int64_t growth) {
  ZooTensor y = net.Conv(name + ".conv1", NormRelu(net, name + ".1", x),
                         {.channels = 4 * growth, .bias = false});
  y = NormRelu(net, name + ".2", y);
  return net.Conv(name + ".conv2", y, {.channels = growth, .kernel = 3, .pad = 1, .bias = false});
}

ZooTensor Transition(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  const ZooTensor y =
      net.Conv(name + ".conv", NormRelu(net, name, x), {.channels = x.channels / 2, .bias = false});
  return net.AveragePool(name + ".pool", y, {});
}

}  // namespace

absl::StatusOr<std::string> BuildDenseNet121(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 64, 1000);
  const int64_t growth = Scaled(32, options.width, 64);
  OnnxBuilder net("densenet121", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvNormRelu(net, "conv0", x,
                   {.channels = options.width, .kernel = 7, .stride = 2, .pad = 3});
  x = net.MaxPool("pool0", x, {.kernel = 3, .stride = 2, .pad = 1});
  for (size_t block = 0; block < kLayers.size(); ++block) {
    std::vector<ZooTensor> made = {x};
    for (int i = 1; i <= kLayers[block]; ++i) {
      const std::string name = absl::StrFormat("block%d.%d", block + 1, i);
      if (i > 1) x = net.Concat(name + ".concat", made);
      made.push_back(DenseLayer(net, name, x, growth));
    }
    x = net.Concat(absl::StrFormat("block%d.concat", block + 1), made);
    if (block + 1 == kLayers.size()) break;
    x = Transition(net, absl::StrFormat("transition%d", block + 1), x);
  }
  return net.Finish(PoolAndClassify(net, NormRelu(net, "last", x), options.classes));
}

}  // namespace convoy::models
