#include "models/zoo/fcn.h"

#include <algorithm>
#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

// Where the coarser scores lie inside the finer ones, and the image inside the last: they undo the
// padding by 100 (crop offsets of the published networks).
constexpr int64_t kPool4Offset = 5;
constexpr int64_t kPool3Offset = 9;
constexpr int64_t kImageOffset8s = 31;
constexpr int64_t kImageOffset32s = 19;

constexpr std::array<int, 5> kConvs = {2, 2, 3, 3, 3};  // of VGG-16, by stage

// The convolutional part of VGG-16; element i is the output of pool i + 1.
std::array<ZooTensor, 5> Backbone(OnnxBuilder& net, ZooTensor x, int64_t width) {
  std::array<ZooTensor, 5> pools;
  for (size_t stage = 0; stage < kConvs.size(); ++stage) {
    const int64_t channels = width << std::min<size_t>(stage, 3);
    for (int i = 1; i <= kConvs[stage]; ++i) {
      const int64_t pad = stage == 0 && i == 1 ? 100 : 1;
      x = ConvRelu(net, absl::StrFormat("conv%d_%d", stage + 1, i), x,
                   {.channels = channels, .kernel = 3, .pad = pad});
    }
    x = net.MaxPool(absl::StrFormat("pool%d", stage + 1), x, {.ceil = true});
    pools[stage] = x;
  }
  return pools;
}

// VGG-16's dense layers as convolutions, and the scores of each place.
ZooTensor Score(OnnxBuilder& net, ZooTensor x, const ZooOptions& options) {
  x = net.Dropout("drop6", ConvRelu(net, "fc6", x, {.channels = 64 * options.width, .kernel = 7}));
  x = net.Dropout("drop7", ConvRelu(net, "fc7", x, {.channels = 64 * options.width}));
  return net.Conv("score_fr", x, {.channels = options.classes, .gain = kLinearGain});
}

ZooTensor Upscore(OnnxBuilder& net, const std::string& name, const ZooTensor& x, int64_t stride) {
  return net.UpConv(name, x,
                    {.channels = x.channels,
                     .kernel = 2 * stride,
                     .stride = stride,
                     .bias = false,
                     .bilinear = true});
}

// `coarse` enlarged twice plus the scores of a finer pool.
ZooTensor Fuse(OnnxBuilder& net, const std::string& name, const ZooTensor& coarse,
               const ZooTensor& pool, int64_t offset) {
  const ZooTensor up = Upscore(net, "upscore_" + name, coarse, 2);
  const ZooTensor score =
      net.Conv("score_" + name, pool, {.channels = coarse.channels, .gain = kLinearGain});
  return net.Add("fuse_" + name, up, net.Crop("crop_" + name, score, offset, up.extents));
}

}  // namespace

absl::StatusOr<std::string> BuildFcn32s(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 500, 64, 21);
  OnnxBuilder net("fcn32s", options);
  const ZooTensor image = net.Input(3, {options.size, options.size});
  const ZooTensor scores = Score(net, Backbone(net, image, options.width)[4], options);
  const ZooTensor x = Upscore(net, "upscore", scores, 32);
  return net.Finish(net.Crop("score", x, kImageOffset32s, image.extents));
}

absl::StatusOr<std::string> BuildFcn8s(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 500, 64, 21);
  OnnxBuilder net("fcn8s", options);
  const ZooTensor image = net.Input(3, {options.size, options.size});
  const std::array<ZooTensor, 5> pools = Backbone(net, image, options.width);
  ZooTensor x = Score(net, pools[4], options);
  x = Fuse(net, "pool4", x, pools[3], kPool4Offset);
  x = Fuse(net, "pool3", x, pools[2], kPool3Offset);
  x = Upscore(net, "upscore8", x, 8);
  return net.Finish(net.Crop("score", x, kImageOffset8s, image.extents));
}

}  // namespace convoy::models
