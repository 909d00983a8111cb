// ConvNeXt-T: Liu, Mao, Wu, Feichtenhofer, Darrell, Xie, "A ConvNet for the 2020s", CVPR 2022. As
// its authors' code exports: inside a block channels go last for a LayerNormalization and two
// dense layers with GELU; between stages the same norm is written out over the channels. 224x224,
// 28,589,128 parameters; width 96.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildConvNextT(const ZooOptions& options);

}  // namespace convoy::models
