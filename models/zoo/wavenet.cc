#include "models/zoo/wavenet.h"

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

constexpr int kStacks = 3;
constexpr int kLayers = 10;  // of a stack

// Looks only backwards: all padding is before the first sample.
ZooTensor CausalPad(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                    int64_t dilation) {
  return net.Pad(name + ".pad", x, dilation, 0);
}

// tanh(f * x) . sigmoid(g * x), equation 2 of the paper.
ZooTensor GatedUnit(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                    int64_t dilation) {
  const ConvLayer taps{
      .channels = x.channels, .kernel = 2, .dilation = dilation, .gain = kLinearGain};
  const ZooTensor padded = CausalPad(net, name, x, dilation);
  const ZooTensor filter = net.Tanh(name + ".tanh", net.Conv(name + ".filter", padded, taps));
  const ZooTensor gate =
      net.Unary("Sigmoid", name + ".sigmoid", net.Conv(name + ".gate", padded, taps));
  return net.Mul(name + ".gated", filter, gate);
}

}  // namespace

absl::StatusOr<std::string> BuildWaveNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 4000, 32, 256);
  const int64_t skip_channels = 16 * options.width;
  OnnxBuilder net("wavenet", options);
  ZooTensor x = net.Input(options.classes, {options.size});
  x = net.Conv("causal", CausalPad(net, "causal", x, 1),
               {.channels = options.width, .kernel = 2, .gain = kLinearGain});
  ZooTensor sum;
  for (int layer = 0; layer < kStacks * kLayers; ++layer) {
    const std::string name = absl::StrFormat("layer%d", layer + 1);
    const ZooTensor gated = GatedUnit(net, name, x, int64_t{1} << (layer % kLayers));
    const ZooTensor skip =
        net.Conv(name + ".skip", gated, {.channels = skip_channels, .gain = kLinearGain});
    sum = layer == 0 ? skip : net.Add(name + ".sum", sum, skip);
    if (layer + 1 == kStacks * kLayers) break;  // nobody reads the last residual
    const ZooTensor residual =
        net.Conv(name + ".residual", gated, {.channels = options.width, .gain = kLinearGain});
    x = net.Add(name + ".add", residual, x);
  }
  sum = ConvRelu(net, "head1", net.Relu("relu", sum), {.channels = skip_channels});
  return net.Finish(net.Conv("head2", sum, {.channels = options.classes, .gain = kLinearGain}));
}

}  // namespace convoy::models
