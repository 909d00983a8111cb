#include "models/zoo/efficientnet.h"

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

// One row of table 1; channels at width 32.
struct Row {
  int64_t expansion, kernel, out;
  int repeats;
  int64_t stride;
};

constexpr Row kRows[] = {{1, 3, 16, 1, 1},  {6, 3, 24, 2, 2},  {6, 5, 40, 2, 2}, {6, 3, 80, 3, 2},
                         {6, 5, 112, 3, 1}, {6, 5, 192, 4, 2}, {6, 3, 320, 1, 1}};

ZooTensor ConvNormSwish(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                        const ConvLayer& layer) {
  return Swish(net, name + ".swish", ConvNorm(net, name, x, layer));
}

ZooTensor Block(OnnxBuilder& net, const std::string& name, const ZooTensor& x, const Row& row,
                int64_t channels, int64_t stride) {
  ZooTensor y = x;
  if (row.expansion > 1) {
    y = ConvNormSwish(net, name + ".expand", y, {.channels = x.channels * row.expansion});
  }
  y = ConvNormSwish(net, name + ".depthwise", y, Depthwise(y, row.kernel, stride));
  y = SqueezeExcite(net, name + ".se", y, Scaled(x.channels, 1, 4), false);
  const bool residual = stride == 1 && x.channels == channels;
  y = ConvNorm(net, name + ".project", y,
               {.channels = channels, .gain = kReluGain * kSqueezeExciteGain},
               residual ? kBranchScale : 1.0);
  return residual ? net.Add(name + ".add", y, x) : y;
}

}  // namespace

absl::StatusOr<std::string> BuildEfficientNetB0(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 32, 1000);
  OnnxBuilder net("efficientnet_b0", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvNormSwish(net, "stem", x,
                    {.channels = options.width, .kernel = 3, .stride = 2, .pad = 1});
  int number = 1;
  for (const Row& row : kRows) {
    for (int i = 0; i < row.repeats; ++i) {
      const std::string name = absl::StrFormat("block%d", number++);
      x = Block(net, name, x, row, Scaled(row.out, options.width, 32), i == 0 ? row.stride : 1);
    }
  }
  x = ConvNormSwish(net, "head", x, {.channels = 40 * options.width});
  return net.Finish(PoolAndClassify(net, x, options.classes));
}

}  // namespace convoy::models
