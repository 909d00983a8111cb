#include "models/zoo/resnet.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/onnx_builder.h"

namespace convoy::models {
namespace {

// Of the last normalisation in a block. Training finds small values there; with 1, sums of branches
// would double the variance block by block.
constexpr double kBranchScale = 0.25;

struct Block {
  std::string name;
  int64_t channels = 0;  // inside
  int64_t stride = 1;
};

ZooTensor ConvNorm(OnnxBuilder& net, const std::string& conv, const std::string& norm,
                   const ZooTensor& x, ConvLayer layer, double scale) {
  layer.bias = false;
  return net.BatchNorm(norm, net.Conv(conv, x, layer), scale);
}

// The input as it is, or projected where the block changes its shape.
ZooTensor Shortcut(OnnxBuilder& net, const Block& block, const ZooTensor& x, int64_t channels) {
  if (x.channels == channels && block.stride == 1) return x;
  return ConvNorm(net, block.name + ".downsample.conv", block.name + ".downsample.bn", x,
                  {.channels = channels, .stride = block.stride, .gain = kLinearGain}, 1.0);
}

ZooTensor BasicBlock(OnnxBuilder& net, const Block& block, const ZooTensor& x) {
  const std::string& name = block.name;
  const ConvLayer first{.channels = block.channels, .kernel = 3, .stride = block.stride, .pad = 1};
  const ConvLayer second{.channels = block.channels, .kernel = 3, .pad = 1};
  ZooTensor y = ConvNorm(net, name + ".conv1", name + ".bn1", x, first, 1.0);
  y = net.Relu(name + ".relu1", y);
  y = ConvNorm(net, name + ".conv2", name + ".bn2", y, second, kBranchScale);
  y = net.Add(name + ".add", y, Shortcut(net, block, x, block.channels));
  return net.Relu(name + ".relu2", y);
}

ZooTensor BottleneckBlock(OnnxBuilder& net, const Block& block, const ZooTensor& x) {
  const std::string& name = block.name;
  const ConvLayer reduce{.channels = block.channels};
  const ConvLayer spatial{
      .channels = block.channels, .kernel = 3, .stride = block.stride, .pad = 1};
  const ConvLayer expand{.channels = 4 * block.channels};
  ZooTensor y = ConvNorm(net, name + ".conv1", name + ".bn1", x, reduce, 1.0);
  y = net.Relu(name + ".relu1", y);
  y = ConvNorm(net, name + ".conv2", name + ".bn2", y, spatial, 1.0);
  y = net.Relu(name + ".relu2", y);
  y = ConvNorm(net, name + ".conv3", name + ".bn3", y, expand, kBranchScale);
  y = net.Add(name + ".add", y, Shortcut(net, block, x, 4 * block.channels));
  return net.Relu(name + ".relu3", y);
}

absl::StatusOr<std::string> Build(std::string_view name, const std::array<int, 4>& blocks,
                                  ZooTensor (*add_block)(OnnxBuilder&, const Block&,
                                                         const ZooTensor&),
                                  const ZooOptions& options) {
  const int64_t size = options.size > 0 ? options.size : 224;
  const int64_t width = options.width > 0 ? options.width : 64;
  const int64_t classes = options.classes > 0 ? options.classes : 1000;
  OnnxBuilder net(name, options);
  ZooTensor x = net.Input(3, size, size);
  x = ConvNorm(net, "conv1", "bn1", x, {.channels = width, .kernel = 7, .stride = 2, .pad = 3},
               1.0);
  x = net.MaxPool("pool1", net.Relu("relu1", x), {.kernel = 3, .stride = 2, .pad = 1});
  for (size_t stage = 0; stage < blocks.size(); ++stage) {
    for (int i = 0; i < blocks[stage]; ++i) {
      x = add_block(net,
                    {.name = absl::StrFormat("layer%d.%d", stage + 1, i),
                     .channels = width << stage,
                     .stride = stage > 0 && i == 0 ? 2 : 1},
                    x);
    }
  }
  x = net.Flatten("flatten", net.GlobalAveragePool("avgpool", x));
  return net.Finish(net.Dense("fc", x, classes, kLinearGain));
}

}  // namespace

absl::StatusOr<std::string> BuildResNet18(const ZooOptions& options) {
  return Build("resnet18", {2, 2, 2, 2}, BasicBlock, options);
}

absl::StatusOr<std::string> BuildResNet50(const ZooOptions& options) {
  return Build("resnet50", {3, 4, 6, 3}, BottleneckBlock, options);
}

}  // namespace convoy::models
