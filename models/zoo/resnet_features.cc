#include "models/zoo/resnet_features.h"

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

struct Block {
  std::string name;
  int64_t inside = 0;   // channels
  int64_t outside = 0;  // channels
  int64_t groups = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
};

// The input as it is, or projected where the block changes its shape.
ZooTensor Shortcut(OnnxBuilder& net, const Block& block, const ZooTensor& x) {
  if (x.channels == block.outside && block.stride == 1) return x;
  return ConvNorm(net, block.name + ".downsample", x,
                  {.channels = block.outside, .stride = block.stride, .gain = kLinearGain});
}

ZooTensor BasicBlock(OnnxBuilder& net, const Block& block, const ZooTensor& x) {
  const std::string& name = block.name;
  const ConvLayer first{.channels = block.outside, .kernel = 3, .stride = block.stride, .pad = 1};
  const ConvLayer second{.channels = block.outside, .kernel = 3, .pad = 1};
  ZooTensor y = ConvNormRelu(net, name + ".1", x, first);
  y = ConvNorm(net, name + ".2", y, second, kBranchScale);
  return net.Relu(name + ".relu", net.Add(name + ".add", y, Shortcut(net, block, x)));
}

ZooTensor BottleneckBlock(OnnxBuilder& net, const Block& block, const ZooTensor& x) {
  const std::string& name = block.name;
  const ConvLayer spatial{.channels = block.inside,
                          .kernel = 3,
                          .stride = block.stride,
                          .pad = block.dilation,
                          .dilation = block.dilation,
                          .groups = block.groups};
  ZooTensor y = ConvNormRelu(net, name + ".1", x, {.channels = block.inside});
  y = ConvNormRelu(net, name + ".2", y, spatial);
  y = ConvNorm(net, name + ".3", y, {.channels = block.outside}, kBranchScale);
  return net.Relu(name + ".relu", net.Add(name + ".add", y, Shortcut(net, block, x)));
}

}  // namespace

ZooTensor ResNetFeatures(OnnxBuilder& net, ZooTensor x, const ResNetDesign& design, int64_t width) {
  x = ConvNormRelu(net, "conv1", x, {.channels = width, .kernel = 7, .stride = 2, .pad = 3});
  x = net.MaxPool("pool1", x, {.kernel = 3, .stride = 2, .pad = 1});
  int64_t dilation = 1;
  for (size_t stage = 0; stage < design.blocks.size(); ++stage) {
    const bool dilates = design.atrous && stage >= 2;
    const int64_t channels = width << stage;
    Block block{
        .name = "",
        .inside = channels * design.widening,
        .outside = design.bottleneck ? 4 * channels : channels,
        .groups = design.group_width == 0 ? 1 : width * design.widening / design.group_width};
    for (int i = 0; i < design.blocks[stage]; ++i) {
      block.name = absl::StrFormat("layer%d.%d", stage + 1, i);
      block.stride = stage > 0 && i == 0 && !dilates ? 2 : 1;
      block.dilation = dilation;  // the first block still has the dilation of the stage before
      x = design.bottleneck ? BottleneckBlock(net, block, x) : BasicBlock(net, block, x);
      if (dilates && i == 0) dilation *= 2;
    }
  }
  return x;
}

}  // namespace convoy::models
