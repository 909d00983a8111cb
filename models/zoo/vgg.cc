#include "models/zoo/vgg.h"

#include <algorithm>
#include <array>

#include "compute/base/status.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

// Convolutions in each of the five stages (table 1 of the paper).
using Configuration = std::array<int, 5>;

absl::StatusOr<std::string> Build(std::string_view name, const Configuration& configuration,
                                  const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 64, 1000);
  OnnxBuilder net(name, options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  for (size_t stage = 0; stage < configuration.size(); ++stage) {
    const int64_t channels = options.width << std::min<size_t>(stage, 3);  // doubled up to 8 times
    for (int i = 1; i <= configuration[stage]; ++i) {
      const std::string layer = absl::StrFormat("conv%d_%d", stage + 1, i);
      x = ConvRelu(net, layer, x, {.channels = channels, .kernel = 3, .pad = 1});
    }
    x = net.MaxPool(absl::StrFormat("pool%d", stage + 1), x, {});
  }
  x = net.Flatten("flatten", x);
  x = net.Dropout("drop6", net.Relu("relu6", net.Dense("fc6", x, 64 * options.width)));
  x = net.Dropout("drop7", net.Relu("relu7", net.Dense("fc7", x, 64 * options.width)));
  return net.Finish(net.Dense("fc8", x, options.classes, kLinearGain));
}

}  // namespace

absl::StatusOr<std::string> BuildVgg11(const ZooOptions& options) {
  return Build("vgg11", {1, 1, 2, 2, 2}, options);
}

absl::StatusOr<std::string> BuildVgg16(const ZooOptions& options) {
  return Build("vgg16", {2, 2, 3, 3, 3}, options);
}

absl::StatusOr<std::string> BuildVgg19(const ZooOptions& options) {
  return Build("vgg19", {2, 2, 4, 4, 4}, options);
}

}  // namespace convoy::models
