// EfficientNet-B0: Tan, Le, "EfficientNet: rethinking model scaling for convolutional neural
// networks", ICML 2019, table 1: inverted bottlenecks with squeeze and excitation; Swish as
// exporters write it. 224x224, 5,288,548 parameters; width 32.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildEfficientNetB0(const ZooOptions& options);

}  // namespace convoy::models
