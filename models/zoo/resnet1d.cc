#include "models/zoo/resnet1d.h"

#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

ZooTensor ConvNormSame(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                       const ConvLayer& layer, double scale = 1.0) {
  const ZooTensor padded = net.Pad(name + ".pad", x, (layer.kernel - 1) / 2, layer.kernel / 2);
  return net.BatchNorm(name + ".bn", net.Conv(name + ".conv", padded, layer), scale);
}

ZooTensor Block(OnnxBuilder& net, const std::string& name, const ZooTensor& x, int64_t channels) {
  ZooTensor y = ConvNormSame(net, name + ".1", x, {.channels = channels, .kernel = 8});
  y = net.Relu(name + ".relu1", y);
  y = ConvNormSame(net, name + ".2", y, {.channels = channels, .kernel = 5});
  y = net.Relu(name + ".relu2", y);
  y = ConvNormSame(net, name + ".3", y, {.channels = channels, .kernel = 3}, kBranchScale);
  ZooTensor skip = x;
  if (x.channels != channels) {
    skip = net.Conv(name + ".expand", x, {.channels = channels, .gain = kLinearGain});
  }
  skip = net.BatchNorm(name + ".skip.bn", skip);
  return net.Relu(name + ".relu3", net.Add(name + ".add", y, skip));
}

}  // namespace

absl::StatusOr<std::string> BuildResNet1d(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 140, 64, 5);
  OnnxBuilder net("resnet1d", options);
  ZooTensor x = net.Input(1, {options.size});
  x = Block(net, "block1", x, options.width);
  x = Block(net, "block2", x, 2 * options.width);
  x = Block(net, "block3", x, 2 * options.width);
  return net.Finish(PoolAndClassify(net, x, options.classes));
}

}  // namespace convoy::models
