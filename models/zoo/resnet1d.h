// A residual network for signals: Wang, Yan, Oates, "Time series classification from scratch with
// deep neural networks: a strong baseline", IJCNN 2017. Three blocks of filters of 8, 5 and 3
// samples; the even one is padded by one sample more at its end. One channel of 140 samples, 5
// classes, 504,645 parameters; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildResNet1d(const ZooOptions& options);

}  // namespace convoy::models
