// ResNet: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016: 18 and
// 34 layers of basic blocks (11,689,512 and 21,797,672 parameters), 50 and 101 of bottleneck
// blocks (25,557,032 and 44,549,160). ResNeXt-50 (32x4d): Xie et al., "Aggregated residual
// transformations for deep neural networks", CVPR 2017; 25,028,904. Wide ResNet-50-2: Zagoruyko,
// Komodakis, "Wide residual networks", BMVC 2016; 68,883,240. All 224x224; width 64. Batch
// normalisation stays a node of its own.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildResNet18(const ZooOptions& options);
absl::StatusOr<std::string> BuildResNet34(const ZooOptions& options);
absl::StatusOr<std::string> BuildResNet50(const ZooOptions& options);
absl::StatusOr<std::string> BuildResNet101(const ZooOptions& options);
absl::StatusOr<std::string> BuildResNeXt50(const ZooOptions& options);
absl::StatusOr<std::string> BuildWideResNet50(const ZooOptions& options);

}  // namespace convoy::models
