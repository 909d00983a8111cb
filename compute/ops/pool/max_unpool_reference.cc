#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

bool LiesInWindow(const Window& window, const ImageDims& y, int64_t place, const Spatial& at) {
  const Spatial pixel{place / (y.size[1] * y.size[2]), place / y.size[2] % y.size[1],
                      place % y.size[2]};
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t tap = pixel[axis] - (at[axis] * window.strides[axis] - window.pads_begin[axis]);
    if (tap < 0 || tap >= window.kernel[axis]) return false;
  }
  return true;
}

}  // namespace

void RunReference(const MaxUnpoolParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const ImageDims x = ImageDimsOf(inputs[0].spec.shape);
  const ImageDims y = ImageDimsOf(outputs[0].spec.shape);
  const std::span<float> out = outputs[0].data<float>();
  for (float& value : out) value = 0;
  for (int64_t i = 0; i < inputs[0].spec.elements(); ++i) {
    const int64_t pixel = i % x.pixels();
    const Spatial at{pixel / (x.size[1] * x.size[2]), pixel / x.size[2] % x.size[1],
                     pixel % x.size[2]};
    const int64_t plane = i / x.pixels() * y.pixels();
    const int64_t index = inputs[1].data<int64_t>()[i];
    if (index < plane || index >= plane + y.pixels()) continue;
    if (LiesInWindow(params.window, y, index - plane, at)) out[index] = inputs[0].data<float>()[i];
  }
}

}  // namespace convoy::compute
