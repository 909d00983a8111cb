#include "models/zoo/alexnet.h"

#include "models/zoo/onnx_builder.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildAlexNet(const ZooOptions& options) {
  const int64_t size = options.size > 0 ? options.size : 224;
  const int64_t width = options.width > 0 ? options.width : 64;
  const int64_t classes = options.classes > 0 ? options.classes : 1000;
  const PoolLayer pool{.kernel = 3, .stride = 2};  // overlapping
  OnnxBuilder net("alexnet", options);
  ZooTensor x = net.Input(3, size, size);
  x = net.Conv("conv1", x, {.channels = width, .kernel = 11, .stride = 4, .pad = 2});
  x = net.MaxPool("pool1", net.Relu("relu1", x), pool);
  x = net.Conv("conv2", x, {.channels = 3 * width, .kernel = 5, .pad = 2});
  x = net.MaxPool("pool2", net.Relu("relu2", x), pool);
  x = net.Relu("relu3", net.Conv("conv3", x, {.channels = 6 * width, .kernel = 3, .pad = 1}));
  x = net.Relu("relu4", net.Conv("conv4", x, {.channels = 4 * width, .kernel = 3, .pad = 1}));
  x = net.Relu("relu5", net.Conv("conv5", x, {.channels = 4 * width, .kernel = 3, .pad = 1}));
  x = net.Flatten("flatten", net.MaxPool("pool5", x, pool));
  x = net.Relu("relu6", net.Dense("fc6", net.Dropout("drop6", x), 64 * width));
  x = net.Relu("relu7", net.Dense("fc7", net.Dropout("drop7", x), 64 * width));
  return net.Finish(net.Dense("fc8", x, classes, kLinearGain));
}

}  // namespace convoy::models
