#include "models/zoo/zoo.h"

#include <array>

#include "compute/base/status.h"
#include "models/zoo/alexnet.h"
#include "models/zoo/convnext.h"
#include "models/zoo/deeplab.h"
#include "models/zoo/densenet.h"
#include "models/zoo/efficientnet.h"
#include "models/zoo/fcn.h"
#include "models/zoo/googlenet.h"
#include "models/zoo/lenet5.h"
#include "models/zoo/mobilenet.h"
#include "models/zoo/resnet.h"
#include "models/zoo/resnet1d.h"
#include "models/zoo/segnet.h"
#include "models/zoo/shufflenet.h"
#include "models/zoo/squeezenet.h"
#include "models/zoo/unet.h"
#include "models/zoo/vgg.h"
#include "models/zoo/vnet.h"
#include "models/zoo/wavenet.h"
#include "models/zoo/zfnet.h"

namespace convoy::models {
namespace {

struct Network {
  std::string_view name;
  absl::StatusOr<std::string> (*build)(const ZooOptions& options);
  ZooOptions small;  // odd where the network allows it
};

constexpr Network kNetworks[] = {
    {"alexnet", BuildAlexNet, {.size = 79, .width = 6, .classes = 11}},
    {"alexnet_one_tower", BuildAlexNetOneTower, {.size = 79, .width = 4, .classes = 11}},
    {"convnext_t", BuildConvNextT, {.size = 65, .width = 6, .classes = 11}},
    {"deeplab_v3", BuildDeepLabV3, {.size = 97, .width = 4, .classes = 5}},
    {"densenet121", BuildDenseNet121, {.size = 61, .width = 6, .classes = 13}},
    {"efficientnet_b0", BuildEfficientNetB0, {.size = 61, .width = 8, .classes = 11}},
    {"fcn32s", BuildFcn32s, {.size = 33, .width = 4, .classes = 5}},
    {"fcn8s", BuildFcn8s, {.size = 33, .width = 4, .classes = 5}},
    {"googlenet", BuildGoogLeNet, {.size = 61, .width = 8, .classes = 13}},
    {"lenet5", BuildLeNet5, {.size = 28, .width = 6, .classes = 10}},
    {"mobilenet_v1", BuildMobileNetV1, {.size = 61, .width = 5, .classes = 11}},
    {"mobilenet_v2", BuildMobileNetV2, {.size = 61, .width = 6, .classes = 11}},
    {"mobilenet_v3", BuildMobileNetV3, {.size = 61, .width = 4, .classes = 11}},
    {"resnet101", BuildResNet101, {.size = 61, .width = 4, .classes = 13}},
    {"resnet18", BuildResNet18, {.size = 61, .width = 8, .classes = 13}},
    {"resnet1d", BuildResNet1d, {.size = 61, .width = 7, .classes = 5}},
    {"resnet34", BuildResNet34, {.size = 61, .width = 8, .classes = 13}},
    {"resnet50", BuildResNet50, {.size = 61, .width = 4, .classes = 13}},
    {"resnext50", BuildResNeXt50, {.size = 61, .width = 8, .classes = 13}},
    {"segnet", BuildSegNet, {.size = 64, .width = 4, .classes = 5}},
    {"shufflenet_v2", BuildShuffleNetV2, {.size = 61, .width = 6, .classes = 11}},
    {"squeezenet", BuildSqueezeNet, {.size = 61, .width = 12, .classes = 11}},
    {"unet", BuildUNet, {.size = 48, .width = 6, .classes = 3}},
    {"unet3d", BuildUNet3d, {.size = 24, .width = 3, .classes = 3}},
    {"vgg11", BuildVgg11, {.size = 41, .width = 8, .classes = 10}},
    {"vgg16", BuildVgg16, {.size = 41, .width = 6, .classes = 10}},
    {"vgg19", BuildVgg19, {.size = 41, .width = 4, .classes = 10}},
    {"vnet", BuildVNet, {.size = 16, .width = 3, .classes = 2}},
    {"wavenet", BuildWaveNet, {.size = 601, .width = 3, .classes = 13}},
    {"wide_resnet50", BuildWideResNet50, {.size = 61, .width = 4, .classes = 13}},
    {"zfnet", BuildZfNet, {.size = 79, .width = 6, .classes = 11}},
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kNetworks)> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kNetworks[i].name;
  return names;
}();

absl::Status CheckOption(std::string_view option, int64_t given, int64_t most) {
  if (given >= 0 && given <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "The %s is %d; it must lie between 0 (the default) and %d", option, given, most));
}

absl::StatusOr<const Network*> FindNetwork(std::string_view name) {
  std::string names;
  for (const Network& network : kNetworks) {
    if (network.name == name) return &network;
    absl::StrAppendFormat(&names, "%s%s", names.empty() ? "" : ", ", network.name);
  }
  return absl::NotFoundError(
      absl::StrFormat("The zoo has no network '%s'; it has %s", name, names));
}

}  // namespace

std::span<const std::string_view> ZooNames() { return kNames; }

absl::StatusOr<ZooOptions> SmallZooOptions(std::string_view name) {
  CONVOY_ASSIGN_OR_RETURN(const Network* network, FindNetwork(name));
  return network->small;
}

absl::StatusOr<std::string> BuildZooModel(std::string_view name, const ZooOptions& options) {
  CONVOY_RETURN_IF_ERROR(CheckOption("size", options.size, 8192));
  CONVOY_RETURN_IF_ERROR(CheckOption("width", options.width, 128));
  CONVOY_RETURN_IF_ERROR(CheckOption("number of classes", options.classes, 100'000));
  CONVOY_RETURN_IF_ERROR(CheckOption("batch", options.batch, 65536));
  CONVOY_ASSIGN_OR_RETURN(const Network* network, FindNetwork(name));
  absl::StatusOr<std::string> model = network->build(options);
  if (model.ok()) return model;
  return compute::WithContext(model.status(), absl::StrFormat("while building '%s'", name));
}

}  // namespace convoy::models
