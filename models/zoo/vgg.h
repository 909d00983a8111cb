// VGG: Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition",
// ICLR 2015, configurations A (11 layers, 132,863,336 parameters), D (16 layers, 138,357,544) and
// E (19 layers, 143,667,240). 224x224; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildVgg11(const ZooOptions& options);
absl::StatusOr<std::string> BuildVgg16(const ZooOptions& options);
absl::StatusOr<std::string> BuildVgg19(const ZooOptions& options);

}  // namespace convoy::models
