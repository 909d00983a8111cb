#include "models/zoo/unet.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr int kLevels = 4;  // halvings
constexpr int kLevels3d = 3;

ZooTensor DoubleConv(OnnxBuilder& net, const std::string& name, ZooTensor x, int64_t channels) {
  for (const char* i : {"1", "2"}) {
    x = ConvRelu(net, name + ".conv" + i, x, {.channels = channels, .kernel = 3, .pad = 1});
  }
  return x;
}

// The 3-D net widens in steps: `first` channels and then twice as many before each pooling.
ZooTensor DoubleConvNorm(OnnxBuilder& net, const std::string& name, ZooTensor x, int64_t first,
                         int64_t second) {
  x = ConvBiasNormRelu(net, name + ".1", x, {.channels = first, .kernel = 3, .pad = 1});
  return ConvBiasNormRelu(net, name + ".2", x, {.channels = second, .kernel = 3, .pad = 1});
}

}  // namespace

absl::StatusOr<std::string> BuildUNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 256, 64, 2);
  OnnxBuilder net("unet", options);
  ZooTensor x = net.Input(1, {options.size, options.size});
  std::array<ZooTensor, kLevels> skips;
  for (int level = 0; level < kLevels; ++level) {
    skips[level] = DoubleConv(net, absl::StrFormat("down%d", level + 1), x, options.width << level);
    x = net.MaxPool(absl::StrFormat("pool%d", level + 1), skips[level], {});
  }
  x = net.Dropout("bottom.drop", DoubleConv(net, "bottom", x, options.width << kLevels));
  for (int level = kLevels - 1; level >= 0; --level) {
    const std::string name = absl::StrFormat("up%d", level + 1);
    const int64_t channels = options.width << level;
    x = net.UpConv(name + ".upconv", x, {.channels = channels});
    x = net.Concat(name + ".concat", {skips[level], x});
    x = DoubleConv(net, name, x, channels);
  }
  return net.Finish(net.Conv("head", x, {.channels = options.classes, .gain = kLinearGain}));
}

absl::StatusOr<std::string> BuildUNet3d(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 64, 32, 3);
  OnnxBuilder net("unet3d", options);
  ZooTensor x = net.Input(3, {options.size, options.size, options.size});
  std::array<ZooTensor, kLevels3d> skips;
  for (int level = 0; level <= kLevels3d; ++level) {
    const int64_t channels = options.width << level;
    x = DoubleConvNorm(net, absl::StrFormat("down%d", level + 1), x, channels, 2 * channels);
    if (level == kLevels3d) break;
    skips[level] = x;
    x = net.MaxPool(absl::StrFormat("pool%d", level + 1), x, {});
  }
  for (int level = kLevels3d - 1; level >= 0; --level) {
    const std::string name = absl::StrFormat("up%d", level + 1);
    const int64_t channels = options.width << (level + 1);
    x = net.UpConv(name + ".upconv", x, {.channels = x.channels, .bias = false});
    x = net.Concat(name + ".concat", {skips[level], x});
    x = DoubleConvNorm(net, name, x, channels, channels);
  }
  return net.Finish(net.Conv("head", x, {.channels = options.classes, .gain = kLinearGain}));
}

}  // namespace convoy::models
