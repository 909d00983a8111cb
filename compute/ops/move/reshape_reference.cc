#include <algorithm>

#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const ReshapeParams&, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  std::copy(inputs[0].bytes.begin(), inputs[0].bytes.end(), outputs[0].bytes.begin());
}

}  // namespace convoy::compute
