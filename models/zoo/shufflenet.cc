#include "models/zoo/shufflenet.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr std::array<int, 3> kUnits = {4, 8, 4};               // of stages 2 to 4
constexpr std::array<int64_t, 3> kChannels = {116, 232, 464};  // at width 24

// Channel i of the first half beside channel i of the second.
ZooTensor Shuffle(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  const int64_t height = x.extents[0];
  const int64_t width = x.extents[1];
  ZooTensor y = net.Reshape(name + ".halves", x, {2, x.channels / 2, height, width});
  y = net.Transpose(name + ".pairs", y, {0, 2, 1, 3, 4});
  return net.Reshape(name + ".channels", y, {x.channels, height, width});
}

ZooTensor Branch(OnnxBuilder& net, const std::string& name, const ZooTensor& x, int64_t channels,
                 int64_t stride) {
  ZooTensor y = ConvNormRelu(net, name + ".1", x, {.channels = channels});
  y = ConvNorm(net, name + ".2", y, Depthwise(y, 3, stride));
  return ConvNormRelu(net, name + ".3", y, {.channels = channels});
}

ZooTensor Unit(OnnxBuilder& net, const std::string& name, const ZooTensor& x) {
  const auto [kept, worked] = net.SplitChannels(name + ".split", x);
  const ZooTensor branch = Branch(net, name + ".branch", worked, worked.channels, 1);
  return Shuffle(net, name + ".shuffle", net.Concat(name + ".concat", {kept, branch}));
}

// Halves the extents; both branches read all channels.
ZooTensor DownUnit(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                   int64_t channels) {
  ZooTensor left = ConvNorm(net, name + ".left1", x, Depthwise(x, 3, 2));
  left = ConvNormRelu(net, name + ".left2", left, {.channels = channels / 2});
  const ZooTensor right = Branch(net, name + ".right", x, channels / 2, 2);
  return Shuffle(net, name + ".shuffle", net.Concat(name + ".concat", {left, right}));
}

}  // namespace

absl::StatusOr<std::string> BuildShuffleNetV2(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 24, 1000);
  OnnxBuilder net("shufflenet_v2", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvNormRelu(net, "conv1", x,
                   {.channels = options.width, .kernel = 3, .stride = 2, .pad = 1});
  x = net.MaxPool("pool1", x, {.kernel = 3, .stride = 2, .pad = 1});
  for (size_t stage = 0; stage < kUnits.size(); ++stage) {
    const std::string name = absl::StrFormat("stage%d", stage + 2);
    x = DownUnit(net, name + ".1", x, 2 * Scaled(kChannels[stage] / 2, options.width, 24));
    for (int i = 2; i <= kUnits[stage]; ++i) {
      x = Unit(net, absl::StrFormat("%s.%d", name, i), x);
    }
  }
  x = ConvNormRelu(net, "conv5", x, {.channels = Scaled(1024, options.width, 24)});
  return net.Finish(PoolAndClassify(net, x, options.classes));
}

}  // namespace convoy::models
