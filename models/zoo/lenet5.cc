#include "models/zoo/lenet5.h"

#include "models/zoo/zoo_blocks.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildLeNet5(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 28, 6, 10);
  const int64_t second = Scaled(16, options.width, 6);
  OnnxBuilder net("lenet5", options);
  ZooTensor x = net.Input(1, {options.size, options.size});
  x = net.Conv("conv1", x, {.channels = options.width, .kernel = 5, .pad = 2, .gain = kLinearGain});
  x = net.AveragePool("pool1", net.Tanh("tanh1", x), {});
  x = net.Conv("conv2", x, {.channels = second, .kernel = 5, .gain = kLinearGain});
  x = net.AveragePool("pool2", net.Tanh("tanh2", x), {});
  x = net.Flatten("flatten", x);
  x = net.Tanh("tanh3", net.Dense("fc1", x, 120, kLinearGain));
  x = net.Tanh("tanh4", net.Dense("fc2", x, 84, kLinearGain));
  return net.Finish(net.Dense("fc3", x, options.classes, kLinearGain));
}

}  // namespace convoy::models
