// ZFNet: Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, figure
// 3: AlexNet with smaller first filters and no groups; "contrast normalised across feature maps"
// is AlexNet's local response normalisation. 224x224, 62,357,608 parameters; width 96.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildZfNet(const ZooOptions& options);

}  // namespace convoy::models
