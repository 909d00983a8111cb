#include "models/zoo/fcn8s.h"

#include <algorithm>
#include <array>

#include "compute/base/status.h"
#include "models/zoo/onnx_builder.h"

namespace convoy::models {
namespace {

// Where the coarser scores lie inside the finer ones, and the image inside the last: they undo the
// padding by 100 (crop offsets of the published network).
constexpr int64_t kPool4Offset = 5;
constexpr int64_t kPool3Offset = 9;
constexpr int64_t kImageOffset = 31;

constexpr std::array<int, 5> kConvs = {2, 2, 3, 3, 3};  // of VGG-16, by stage

// The convolutional part of VGG-16; element i is the output of pool i + 1.
std::array<ZooTensor, 5> Backbone(OnnxBuilder& net, ZooTensor x, int64_t width) {
  std::array<ZooTensor, 5> pools;
  for (size_t stage = 0; stage < kConvs.size(); ++stage) {
    const int64_t channels = width << std::min<size_t>(stage, 3);
    for (int i = 1; i <= kConvs[stage]; ++i) {
      const std::string layer = absl::StrFormat("%d_%d", stage + 1, i);
      const int64_t pad = stage == 0 && i == 1 ? 100 : 1;
      x = net.Conv("conv" + layer, x, {.channels = channels, .kernel = 3, .pad = pad});
      x = net.Relu("relu" + layer, x);
    }
    x = net.MaxPool(absl::StrFormat("pool%d", stage + 1), x, {.ceil = true});
    pools[stage] = x;
  }
  return pools;
}

// `coarse` enlarged twice plus the scores of a finer pool.
ZooTensor Fuse(OnnxBuilder& net, const std::string& name, const ZooTensor& coarse,
               const ZooTensor& pool, int64_t offset) {
  const int64_t classes = coarse.channels;
  const ZooTensor up =
      net.UpConv("upscore_" + name, coarse,
                 {.channels = classes, .kernel = 4, .stride = 2, .bias = false, .bilinear = true});
  const ZooTensor score =
      net.Conv("score_" + name, pool, {.channels = classes, .gain = kLinearGain});
  const ZooTensor crop = net.Crop("crop_" + name, score, offset, up.height, up.width);
  return net.Add("fuse_" + name, up, crop);
}

}  // namespace

absl::StatusOr<std::string> BuildFcn8s(const ZooOptions& options) {
  const int64_t size = options.size > 0 ? options.size : 500;
  const int64_t width = options.width > 0 ? options.width : 64;
  const int64_t classes = options.classes > 0 ? options.classes : 21;
  OnnxBuilder net("fcn8s", options);
  const std::array<ZooTensor, 5> pools = Backbone(net, net.Input(3, size, size), width);
  ZooTensor x = net.Conv("fc6", pools[4], {.channels = 64 * width, .kernel = 7});
  x = net.Dropout("drop6", net.Relu("relu6", x));
  x = net.Conv("fc7", x, {.channels = 64 * width});
  x = net.Dropout("drop7", net.Relu("relu7", x));
  x = net.Conv("score_fr", x, {.channels = classes, .gain = kLinearGain});
  x = Fuse(net, "pool4", x, pools[3], kPool4Offset);
  x = Fuse(net, "pool3", x, pools[2], kPool3Offset);
  x = net.UpConv("upscore8", x,
                 {.channels = classes, .kernel = 16, .stride = 8, .bias = false, .bilinear = true});
  return net.Finish(net.Crop("score", x, kImageOffset, size, size));
}

}  // namespace convoy::models
