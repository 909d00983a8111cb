#include "models/zoo/convnext.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr std::array<int, 4> kBlocks = {3, 3, 9, 3};

// The norm over the channels of each pixel, step by step.
ZooTensor ChannelNorm(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  const ZooTensor mean = net.ChannelMean(name + ".mean", x);
  const ZooTensor centred = net.Binary("Sub", name + ".centred", x, mean);
  ZooTensor variance = net.WithNumber("Pow", name + ".squares", centred, 2);
  variance = net.ChannelMean(name + ".variance", variance);
  variance = net.WithNumber("Add", name + ".epsilon", variance, 1e-6F);
  const ZooTensor deviation = net.Unary("Sqrt", name + ".deviation", variance);
  ZooTensor y = net.Binary("Div", name + ".normal", centred, deviation);
  y = net.WithParameter("Mul", name + ".gamma", y, 0.75, 1.25);
  return net.WithParameter("Add", name + ".beta", y, -0.1, 0.1);
}

ZooTensor Block(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  ZooTensor y = net.Conv(name + ".depthwise", x, Depthwise(x, 7, 1));
  y = net.Transpose(name + ".channels_last", y, {0, 2, 3, 1});
  y = net.LayerNorm(name + ".norm", y);
  y = Gelu(net, name + ".gelu", net.Linear(name + ".expand", y, 4 * x.channels));
  y = net.Linear(name + ".project", y, x.channels);
  y = net.Transpose(name + ".channels_first", y, {0, 3, 1, 2});
  y = net.WithParameter("Mul", name + ".scale", y, 0.1, 0.4);  // after training
  return net.Add(name + ".add", x, y);
}

}  // namespace

absl::StatusOr<std::string> BuildConvNextT(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 96, 1000);
  OnnxBuilder net("convnext_t", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = net.Conv("stem", x, {.channels = options.width, .kernel = 4, .stride = 4});
  x = ChannelNorm(net, "stem.norm", x);
  for (size_t stage = 0; stage < kBlocks.size(); ++stage) {
    const std::string name = absl::StrFormat("stage%d", stage + 1);
    if (stage > 0) {
      x = net.Conv(name + ".down", ChannelNorm(net, name + ".norm", x),
                   {.channels = 2 * x.channels, .kernel = 2, .stride = 2});
    }
    for (int i = 0; i < kBlocks[stage]; ++i) {
      x = Block(net, absl::StrFormat("%s.%d", name, i), x);
    }
  }
  x = net.LayerNorm("norm", net.Flatten("flatten", net.GlobalAveragePool("pool", x)));
  return net.Finish(net.Dense("fc", x, options.classes, kLinearGain));
}

}  // namespace convoy::models
