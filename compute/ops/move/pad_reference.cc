#include <algorithm>

#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// The coordinate of x that shows at `i`, which may lie outside [0, extent).
int64_t SourceOf(PadMode mode, int64_t i, int64_t extent) {
  switch (mode) {
    case PadMode::kConstant:
      return i;
    case PadMode::kReflect:
      return i < 0 ? -i : i >= extent ? 2 * (extent - 1) - i : i;
    case PadMode::kEdge:
      return std::clamp<int64_t>(i, 0, extent - 1);
  }
  return i;
}

}  // namespace

void RunReference(const PadParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& x_shape = inputs[0].spec.shape;
  const Shape& y_shape = outputs[0].spec.shape;
  const std::span<const float> x = inputs[0].data<float>();
  const Index strides = StridesOf(x_shape);
  Index index(strides.size(), 0);
  for (float& y : outputs[0].data<float>()) {
    int64_t offset = 0;
    bool inside = true;
    for (int axis = 0; axis < x_shape.rank(); ++axis) {
      const int64_t source =
          SourceOf(params.mode, index[axis] - params.begins[axis], x_shape[axis]);
      inside = inside && source >= 0 && source < x_shape[axis];
      offset += source * strides[axis];
    }
    y = inside ? x[offset] : params.value;
    NextIndex(y_shape, index);
  }
}

}  // namespace convoy::compute
