// GoogLeNet: Szegedy, Liu, Jia et al., "Going deeper with convolutions", CVPR 2015, table 1, with
// local response normalisation and without the two classifiers that only training uses. 224x224,
// 6,998,552 parameters; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildGoogLeNet(const ZooOptions& options);

}  // namespace convoy::models
