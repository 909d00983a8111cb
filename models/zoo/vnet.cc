#include "models/zoo/vnet.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr std::array<int, 5> kConvs = {1, 2, 3, 3, 3};  // in the stages downwards

// Convolutions whose result is added to what came in.
ZooTensor Stage(OnnxBuilder& net, const std::string& name, const ZooTensor& x, int convs,
                int64_t channels) {
  ZooTensor y = x;
  for (int i = 1; i <= convs; ++i) {
    if (i > 1) y = net.PRelu(absl::StrFormat("%s.prelu%d", name, i - 1), y);
    // The branch stays smaller than what it is added to.
    const double gain = i == convs ? kBranchScale : kReluGain;
    y = net.Conv(absl::StrFormat("%s.conv%d", name, i), y,
                 {.channels = channels, .kernel = 5, .pad = 2, .gain = gain});
  }
  return net.PRelu(name + ".prelu", net.Add(name + ".add", y, x));
}

}  // namespace

absl::StatusOr<std::string> BuildVNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 64, 16, 2);
  OnnxBuilder net("vnet", options);
  ZooTensor x = net.Input(1, {options.size, options.size, options.size});
  std::array<ZooTensor, kConvs.size()> stages;
  for (size_t level = 0; level < kConvs.size(); ++level) {
    const std::string name = absl::StrFormat("down%d", level + 1);
    const int64_t channels = options.width << level;
    if (level > 0) {
      x = net.Conv(name + ".down", x, {.channels = channels, .kernel = 2, .stride = 2});
      x = net.PRelu(name + ".down.prelu", x);
    }
    x = stages[level] = Stage(net, name, x, kConvs[level], channels);
  }
  for (size_t level = kConvs.size() - 1; level-- > 0;) {
    const std::string name = absl::StrFormat("up%d", level + 1);
    const int64_t channels = options.width << level;
    x = net.PRelu(name + ".up.prelu", net.UpConv(name + ".up", x, {.channels = channels}));
    x = net.Concat(name + ".concat", {x, stages[level]});
    x = Stage(net, name, x, kConvs[level], x.channels);
  }
  return net.Finish(net.Conv("head", x, {.channels = options.classes, .gain = kLinearGain}));
}

}  // namespace convoy::models
