// ShuffleNet V2 x1.0: Ma, Zhang, Zheng, Sun, "ShuffleNet V2: practical guidelines for efficient
// CNN architecture design", ECCV 2018. Units work on one half of the channels and then shuffle
// both halves, as exporters write it: Reshape, Transpose, Reshape. 224x224, 2,278,604 parameters;
// width 24.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildShuffleNetV2(const ZooOptions& options);

}  // namespace convoy::models
