#include "models/zoo/resnet.h"

#include "models/zoo/resnet_features.h"
#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

absl::StatusOr<std::string> Build(std::string_view name, const ResNetDesign& design,
                                  const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 64, 1000);
  OnnxBuilder net(name, options);
  const ZooTensor image = net.Input(3, {options.size, options.size});
  const ZooTensor x = ResNetFeatures(net, image, design, options.width);
  return net.Finish(PoolAndClassify(net, x, options.classes));
}

}  // namespace

absl::StatusOr<std::string> BuildResNet18(const ZooOptions& options) {
  return Build("resnet18", {.blocks = {2, 2, 2, 2}, .bottleneck = false}, options);
}

absl::StatusOr<std::string> BuildResNet34(const ZooOptions& options) {
  return Build("resnet34", {.blocks = {3, 4, 6, 3}, .bottleneck = false}, options);
}

absl::StatusOr<std::string> BuildResNet50(const ZooOptions& options) {
  return Build("resnet50", {.blocks = {3, 4, 6, 3}}, options);
}

absl::StatusOr<std::string> BuildResNet101(const ZooOptions& options) {
  return Build("resnet101", {.blocks = {3, 4, 23, 3}}, options);
}

absl::StatusOr<std::string> BuildResNeXt50(const ZooOptions& options) {
  return Build("resnext50", {.blocks = {3, 4, 6, 3}, .widening = 2, .group_width = 4}, options);
}

absl::StatusOr<std::string> BuildWideResNet50(const ZooOptions& options) {
  return Build("wide_resnet50", {.blocks = {3, 4, 6, 3}, .widening = 2}, options);
}

}  // namespace convoy::models
