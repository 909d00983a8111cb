// The convolutional part of the residual networks: ResNet and what grew from it.
#pragma once

#include <array>
#include <cstdint>

#include "models/zoo/onnx_builder.h"

namespace convoy::models {

struct ResNetDesign {
  std::array<int, 4> blocks = {};  // in each stage
  bool bottleneck = true;          // 1x1, 3x3, 1x1 convolutions in a block, else two of 3x3
  int64_t widening = 1;            // of a bottleneck's inside
  int64_t group_width = 0;  // channels in a group of its 3x3 convolution, at width 64 in the first
                            // stage; 0 for one group
  bool atrous = false;      // the last two stages dilate by 2 and 4 and keep the extent
};

// The bottleneck strides in its 3x3 convolution ("v1.5"), as every benchmark does today.
ZooTensor ResNetFeatures(OnnxBuilder& net, ZooTensor x, const ResNetDesign& design, int64_t width);

}  // namespace convoy::models
