#include "models/zoo/zoo.h"

#include <algorithm>
#include <array>

#include "compute/base/status.h"
#include "models/zoo/alexnet.h"
#include "models/zoo/fcn8s.h"
#include "models/zoo/lenet5.h"
#include "models/zoo/resnet.h"
#include "models/zoo/unet.h"
#include "models/zoo/vgg.h"

namespace convoy::models {
namespace {

struct Network {
  std::string_view name;
  absl::StatusOr<std::string> (*build)(const ZooOptions& options);
};

constexpr std::array<Network, 8> kNetworks = {{
    {"alexnet", BuildAlexNet},
    {"fcn8s", BuildFcn8s},
    {"lenet5", BuildLeNet5},
    {"resnet18", BuildResNet18},
    {"resnet50", BuildResNet50},
    {"unet", BuildUNet},
    {"vgg11", BuildVgg11},
    {"vgg16", BuildVgg16},
}};

constexpr auto kNames = [] {
  std::array<std::string_view, kNetworks.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kNetworks[i].name;
  return names;
}();

absl::Status CheckOption(std::string_view option, int64_t given, int64_t most) {
  if (given >= 0 && given <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "The %s is %d; it must lie between 0 (the default) and %d", option, given, most));
}

}  // namespace

std::span<const std::string_view> ZooNames() { return kNames; }

absl::StatusOr<std::string> BuildZooModel(std::string_view name, const ZooOptions& options) {
  CONVOY_RETURN_IF_ERROR(CheckOption("size", options.size, 8192));
  CONVOY_RETURN_IF_ERROR(CheckOption("width", options.width, 128));
  CONVOY_RETURN_IF_ERROR(CheckOption("number of classes", options.classes, 100'000));
  CONVOY_RETURN_IF_ERROR(CheckOption("batch", options.batch, 65536));
  const auto* network = std::find_if(kNetworks.begin(), kNetworks.end(),
                                     [&](const Network& entry) { return entry.name == name; });
  if (network == kNetworks.end()) {
    std::string names;
    for (const std::string_view known : kNames) {
      absl::StrAppendFormat(&names, "%s%s", names.empty() ? "" : ", ", known);
    }
    return absl::NotFoundError(
        absl::StrFormat("The zoo has no network '%s'; it has %s", name, names));
  }
  absl::StatusOr<std::string> model = network->build(options);
  if (model.ok()) return model;
  return compute::WithContext(model.status(), absl::StrFormat("while building '%s'", name));
}

}  // namespace convoy::models
