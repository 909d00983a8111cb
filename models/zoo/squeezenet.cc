#include "models/zoo/squeezenet.h"

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr PoolLayer kHalving{.kernel = 3, .stride = 2, .ceil = true};

ZooTensor Fire(OnnxBuilder& net, int number, const ZooTensor& x, int64_t squeezed,
               int64_t expanded) {
  const std::string name = absl::StrFormat("fire%d", number);
  const ZooTensor narrow = ConvRelu(net, name + ".squeeze", x, {.channels = squeezed});
  return net.Concat(
      name + ".concat",
      {ConvRelu(net, name + ".expand1x1", narrow, {.channels = expanded}),
       ConvRelu(net, name + ".expand3x3", narrow, {.channels = expanded, .kernel = 3, .pad = 1})});
}

}  // namespace

absl::StatusOr<std::string> BuildSqueezeNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 64, 1000);
  const int64_t unit = Scaled(16, options.width, 64);
  OnnxBuilder net("squeezenet", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvRelu(net, "conv1", x, {.channels = options.width, .kernel = 3, .stride = 2});
  x = net.MaxPool("pool1", x, kHalving);
  for (const int fire : {2, 3}) x = Fire(net, fire, x, unit, 4 * unit);
  x = net.MaxPool("pool3", x, kHalving);
  for (const int fire : {4, 5}) x = Fire(net, fire, x, 2 * unit, 8 * unit);
  x = net.MaxPool("pool5", x, kHalving);
  for (const int fire : {6, 7}) x = Fire(net, fire, x, 3 * unit, 12 * unit);
  for (const int fire : {8, 9}) x = Fire(net, fire, x, 4 * unit, 16 * unit);
  x = ConvRelu(net, "conv10", net.Dropout("drop9", x), {.channels = options.classes});
  return net.Finish(net.Flatten("flatten", net.GlobalAveragePool("pool10", x)));
}

}  // namespace convoy::models
