// A tensor with a border (ONNX Pad). Negative pads crop.
//
//   input  x: any shape         output  y: extent = begin + in + end along each dimension
#pragma once

#include <cstdint>
#include <vector>

namespace convoy::compute {

enum class PadMode {
  kConstant,  // the border holds `value`
  kReflect,   // mirrored without repeating the edge; each pad is less than the extent
  kEdge,      // the edge repeated
};

// One entry a dimension.
struct PadParams {
  PadMode mode = PadMode::kConstant;
  std::vector<int64_t> begins;
  std::vector<int64_t> ends;
  float value = 0;

  friend bool operator==(const PadParams&, const PadParams&) = default;
};

}  // namespace convoy::compute
