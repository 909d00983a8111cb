// DenseNet-121: Huang, Liu, van der Maaten, Weinberger, "Densely connected convolutional
// networks", CVPR 2017: each layer reads what all layers before it in its block made. Growth 32.
// 224x224, 7,978,856 parameters; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildDenseNet121(const ZooOptions& options);

}  // namespace convoy::models
