// Small types in the signatures of all operators.
#pragma once

#include "absl/container/inlined_vector.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

using TensorSpecs = absl::InlinedVector<TensorSpec, 4>;

// What one execution costs at least. One multiply-add counts as two flops; bytes count every input
// and output once.
struct OpCost {
  double flops = 0;
  double bytes = 0;
};

}  // namespace convoy::compute
