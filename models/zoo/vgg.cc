#include "models/zoo/vgg.h"

#include <algorithm>
#include <array>

#include "compute/base/status.h"
#include "models/zoo/onnx_builder.h"

namespace convoy::models {
namespace {

// Convolutions in each of the five stages (table 1 of the paper).
using Configuration = std::array<int, 5>;

absl::StatusOr<std::string> Build(std::string_view name, const Configuration& configuration,
                                  const ZooOptions& options) {
  const int64_t size = options.size > 0 ? options.size : 224;
  const int64_t width = options.width > 0 ? options.width : 64;
  const int64_t classes = options.classes > 0 ? options.classes : 1000;
  OnnxBuilder net(name, options);
  ZooTensor x = net.Input(3, size, size);
  for (size_t stage = 0; stage < configuration.size(); ++stage) {
    const int64_t channels = width << std::min<size_t>(stage, 3);  // doubled up to 8 times
    for (int i = 1; i <= configuration[stage]; ++i) {
      const std::string layer = absl::StrFormat("%d_%d", stage + 1, i);
      x = net.Conv("conv" + layer, x, {.channels = channels, .kernel = 3, .pad = 1});
      x = net.Relu("relu" + layer, x);
    }
    x = net.MaxPool(absl::StrFormat("pool%d", stage + 1), x, {});
  }
  x = net.Flatten("flatten", x);
  x = net.Dropout("drop6", net.Relu("relu6", net.Dense("fc6", x, 64 * width)));
  x = net.Dropout("drop7", net.Relu("relu7", net.Dense("fc7", x, 64 * width)));
  return net.Finish(net.Dense("fc8", x, classes, kLinearGain));
}

}  // namespace

absl::StatusOr<std::string> BuildVgg11(const ZooOptions& options) {
  return Build("vgg11", {1, 1, 2, 2, 2}, options);
}

absl::StatusOr<std::string> BuildVgg16(const ZooOptions& options) {
  return Build("vgg16", {2, 2, 3, 3, 3}, options);
}

}  // namespace convoy::models
