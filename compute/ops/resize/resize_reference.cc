#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const ResizeParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  Resample(ResizeTables(params, inputs[0].spec.shape), params.extrapolation, inputs[0], outputs[0]);
}

}  // namespace convoy::compute
