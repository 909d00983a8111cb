#include "models/zoo/segnet.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr std::array<int, 5> kConvs = {2, 2, 3, 3, 3};  // by stage, as VGG-16

int64_t Channels(int64_t width, size_t stage) { return width << std::min<size_t>(stage, 3); }

}  // namespace

absl::StatusOr<std::string> BuildSegNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 352, 64, 11);
  OnnxBuilder net("segnet", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  std::array<ZooTensor, kConvs.size()> indices;
  for (size_t stage = 0; stage < kConvs.size(); ++stage) {
    const ConvLayer conv{.channels = Channels(options.width, stage), .kernel = 3, .pad = 1};
    for (int i = 1; i <= kConvs[stage]; ++i) {
      x = ConvBiasNormRelu(net, absl::StrFormat("encoder%d_%d", stage + 1, i), x, conv);
    }
    std::tie(x, indices[stage]) = net.MaxPoolIndices(absl::StrFormat("pool%d", stage + 1), x);
  }
  for (size_t stage = kConvs.size(); stage-- > 0;) {
    x = net.MaxUnpool(absl::StrFormat("unpool%d", stage + 1), x, indices[stage]);
    for (int i = kConvs[stage]; i > (stage == 0 ? 1 : 0); --i) {
      const size_t next = i == 1 ? stage - 1 : stage;  // the last one already narrows
      x = ConvBiasNormRelu(net, absl::StrFormat("decoder%d_%d", stage + 1, i), x,
                           {.channels = Channels(options.width, next), .kernel = 3, .pad = 1});
    }
  }
  return net.Finish(net.Conv(
      "head", x, {.channels = options.classes, .kernel = 3, .pad = 1, .gain = kLinearGain}));
}

}  // namespace convoy::models
