#include "models/zoo/zfnet.h"

#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr PoolLayer kOverlapping{.kernel = 3, .stride = 2, .ceil = true};

// AlexNet's constants; the paper names none.
constexpr LrnLayer kNormalisation{.size = 5, .alpha = 5e-4F, .beta = 0.75F, .bias = 2.0F};

}  // namespace

absl::StatusOr<std::string> BuildZfNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 96, 1000);
  const int64_t second = Scaled(256, options.width, 96);
  const int64_t third = Scaled(384, options.width, 96);
  const int64_t dense = Scaled(4096, options.width, 96);
  OnnxBuilder net("zfnet", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvRelu(net, "conv1", x, {.channels = options.width, .kernel = 7, .stride = 2, .pad = 1});
  x = net.Lrn("norm1", net.MaxPool("pool1", x, kOverlapping), kNormalisation);
  x = ConvRelu(net, "conv2", x, {.channels = second, .kernel = 5, .stride = 2});
  x = net.Lrn("norm2", net.MaxPool("pool2", x, kOverlapping), kNormalisation);
  x = ConvRelu(net, "conv3", x, {.channels = third, .kernel = 3, .pad = 1});
  x = ConvRelu(net, "conv4", x, {.channels = third, .kernel = 3, .pad = 1});
  x = ConvRelu(net, "conv5", x, {.channels = second, .kernel = 3, .pad = 1});
  x = net.Flatten("flatten", net.MaxPool("pool5", x, kOverlapping));
  x = net.Dropout("drop6", net.Relu("relu6", net.Dense("fc6", x, dense)));
  x = net.Dropout("drop7", net.Relu("relu7", net.Dense("fc7", x, dense)));
  return net.Finish(net.Dense("fc8", x, options.classes, kLinearGain));
}

}  // namespace convoy::models
