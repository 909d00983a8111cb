// SqueezeNet 1.1: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters
// and <0.5MB model size", arXiv 1602.07360, 2016, in the authors' later release 1.1. Fire modules
// squeeze by 1x1 convolutions and expand by 1x1 and 3x3 beside each other; the classifier is a
// convolution. 224x224, 1,235,496 parameters; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildSqueezeNet(const ZooOptions& options);

}  // namespace convoy::models
