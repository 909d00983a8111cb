#include "models/zoo/lenet5.h"

#include "models/zoo/onnx_builder.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildLeNet5(const ZooOptions& options) {
  const int64_t size = options.size > 0 ? options.size : 28;
  const int64_t width = options.width > 0 ? options.width : 6;
  const int64_t classes = options.classes > 0 ? options.classes : 10;
  OnnxBuilder net("lenet5", options);
  ZooTensor x = net.Input(1, size, size);
  x = net.Conv("conv1", x, {.channels = width, .kernel = 5, .pad = 2, .gain = kLinearGain});
  x = net.AveragePool("pool1", net.Tanh("tanh1", x), {});
  x = net.Conv("conv2", x, {.channels = width * 16 / 6, .kernel = 5, .gain = kLinearGain});
  x = net.AveragePool("pool2", net.Tanh("tanh2", x), {});
  x = net.Flatten("flatten", x);
  x = net.Tanh("tanh3", net.Dense("fc1", x, 120, kLinearGain));
  x = net.Tanh("tanh4", net.Dense("fc2", x, 84, kLinearGain));
  return net.Finish(net.Dense("fc3", x, classes, kLinearGain));
}

}  // namespace convoy::models
