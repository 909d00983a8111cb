#include "models/zoo/unet.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/onnx_builder.h"

namespace convoy::models {
namespace {

constexpr int kLevels = 4;  // halvings

ZooTensor DoubleConv(OnnxBuilder& net, const std::string& name, ZooTensor x, int64_t channels) {
  for (const char* i : {"1", "2"}) {
    x = net.Conv(name + ".conv" + i, x, {.channels = channels, .kernel = 3, .pad = 1});
    x = net.Relu(name + ".relu" + i, x);
  }
  return x;
}

}  // namespace

absl::StatusOr<std::string> BuildUNet(const ZooOptions& options) {
  const int64_t size = options.size > 0 ? options.size : 256;
  const int64_t width = options.width > 0 ? options.width : 64;
  const int64_t classes = options.classes > 0 ? options.classes : 2;
  OnnxBuilder net("unet", options);
  ZooTensor x = net.Input(1, size, size);
  std::array<ZooTensor, kLevels> skips;
  for (int level = 0; level < kLevels; ++level) {
    skips[level] = DoubleConv(net, absl::StrFormat("down%d", level + 1), x, width << level);
    x = net.MaxPool(absl::StrFormat("pool%d", level + 1), skips[level], {});
  }
  x = net.Dropout("bottom.drop", DoubleConv(net, "bottom", x, width << kLevels));
  for (int level = kLevels - 1; level >= 0; --level) {
    const std::string name = absl::StrFormat("up%d", level + 1);
    x = net.UpConv(name + ".upconv", x, {.channels = width << level, .kernel = 2, .stride = 2});
    x = net.Concat(name + ".concat", skips[level], x);
    x = DoubleConv(net, name, x, width << level);
  }
  return net.Finish(net.Conv("head", x, {.channels = classes, .gain = kLinearGain}));
}

}  // namespace convoy::models
