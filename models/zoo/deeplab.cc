#include "models/zoo/deeplab.h"

#include "compute/base/status.h"
#include "models/zoo/resnet_features.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

// Looks at the features with small, large and global windows.
ZooTensor AtrousPyramid(OnnxBuilder& net, const ZooTensor& x, int64_t channels) {
  std::vector<ZooTensor> branches = {ConvNormRelu(net, "aspp.1x1", x, {.channels = channels})};
  for (const int64_t rate : {12, 24, 36}) {
    branches.push_back(
        ConvNormRelu(net, absl::StrFormat("aspp.rate%d", rate), x,
                     {.channels = channels, .kernel = 3, .pad = rate, .dilation = rate}));
  }
  const ZooTensor mean =
      ConvNormRelu(net, "aspp.mean", net.GlobalAveragePool("aspp.pool", x), {.channels = channels});
  branches.push_back(net.Resize("aspp.mean.resize", mean, x.extents));
  const ZooTensor all = net.Concat("aspp.concat", branches);
  return net.Dropout("aspp.drop", ConvNormRelu(net, "aspp.project", all, {.channels = channels}));
}

}  // namespace

absl::StatusOr<std::string> BuildDeepLabV3(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 513, 64, 21);
  const int64_t channels = 4 * options.width;
  OnnxBuilder net("deeplab_v3", options);
  const ZooTensor image = net.Input(3, {options.size, options.size});
  ZooTensor x = ResNetFeatures(net, image, {.blocks = {3, 4, 6, 3}, .atrous = true}, options.width);
  x = AtrousPyramid(net, x, channels);
  x = ConvNormRelu(net, "head", x, {.channels = channels, .kernel = 3, .pad = 1});
  x = net.Conv("score", x, {.channels = options.classes, .gain = kLinearGain});
  return net.Finish(net.Resize("resize", x, image.extents));
}

}  // namespace convoy::models
