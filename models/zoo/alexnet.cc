#include "models/zoo/alexnet.h"

#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr PoolLayer kOverlapping{.kernel = 3, .stride = 2};

// The paper's constants; its alpha is of the sum of five squares, ONNX's of their mean.
constexpr LrnLayer kNormalisation{.size = 5, .alpha = 5e-4F, .beta = 0.75F, .bias = 2.0F};

ZooTensor Classify(OnnxBuilder& net, ZooTensor x, int64_t units, int64_t classes) {
  x = net.Flatten("flatten", x);
  x = net.Relu("relu6", net.Dense("fc6", net.Dropout("drop6", x), units));
  x = net.Relu("relu7", net.Dense("fc7", net.Dropout("drop7", x), units));
  return net.Dense("fc8", x, classes, kLinearGain);
}

}  // namespace

absl::StatusOr<std::string> BuildAlexNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 227, 96, 1000);
  const int64_t second = Scaled(256, options.width, 96);
  const int64_t third = Scaled(384, options.width, 96);
  OnnxBuilder net("alexnet", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvRelu(net, "conv1", x, {.channels = options.width, .kernel = 11, .stride = 4});
  x = net.MaxPool("pool1", net.Lrn("norm1", x, kNormalisation), kOverlapping);
  x = ConvRelu(net, "conv2", x, {.channels = second, .kernel = 5, .pad = 2, .groups = 2});
  x = net.MaxPool("pool2", net.Lrn("norm2", x, kNormalisation), kOverlapping);
  x = ConvRelu(net, "conv3", x, {.channels = third, .kernel = 3, .pad = 1});
  x = ConvRelu(net, "conv4", x, {.channels = third, .kernel = 3, .pad = 1, .groups = 2});
  x = ConvRelu(net, "conv5", x, {.channels = second, .kernel = 3, .pad = 1, .groups = 2});
  x = net.MaxPool("pool5", x, kOverlapping);
  return net.Finish(Classify(net, x, Scaled(4096, options.width, 96), options.classes));
}

absl::StatusOr<std::string> BuildAlexNetOneTower(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 64, 1000);
  const int64_t width = options.width;
  OnnxBuilder net("alexnet_one_tower", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvRelu(net, "conv1", x, {.channels = width, .kernel = 11, .stride = 4, .pad = 2});
  x = net.MaxPool("pool1", x, kOverlapping);
  x = ConvRelu(net, "conv2", x, {.channels = 3 * width, .kernel = 5, .pad = 2});
  x = net.MaxPool("pool2", x, kOverlapping);
  x = ConvRelu(net, "conv3", x, {.channels = 6 * width, .kernel = 3, .pad = 1});
  x = ConvRelu(net, "conv4", x, {.channels = 4 * width, .kernel = 3, .pad = 1});
  x = ConvRelu(net, "conv5", x, {.channels = 4 * width, .kernel = 3, .pad = 1});
  x = net.MaxPool("pool5", x, kOverlapping);
  return net.Finish(Classify(net, x, 64 * width, options.classes));
}

}  // namespace convoy::models
