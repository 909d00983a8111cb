// A tensor with a border (ONNX Pad, opset 19). Negative pads crop.
//
//   input  x: any shape and type   output  y: extent = begin + in + end along each dimension
//
// A border wider than the tensor goes on as if there were more of it: mirrored again, wrapped
// again.
#pragma once

#include <cstdint>
#include <vector>

#include "compute/ops/axis_table.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

enum class PadMode {
  kConstant,  // the border holds `value`
  kReflect,   // mirrored without repeating the edge
  kEdge,      // the edge repeated
  kWrap,      // the opposite side, as if the tensor were repeated
};

// One entry a dimension.
struct PadParams {
  PadMode mode = PadMode::kConstant;
  std::vector<int64_t> begins;
  std::vector<int64_t> ends;
  double value = 0;  // of the element type

  friend bool operator==(const PadParams&, const PadParams&) = default;
};

// Where every coordinate of the output comes from, one table a dimension.
std::vector<AxisTable> PadTables(const PadParams& params, const Shape& x);

}  // namespace convoy::compute
