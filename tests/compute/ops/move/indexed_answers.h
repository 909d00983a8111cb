// Gather and scatter by the reference kernels, for their tests.
#pragma once

#include <string>
#include <vector>

#include "compute/ops/op.h"
#include "tests/support/reference_answers.h"

namespace convoy::testing {

struct Integers {
  compute::Shape shape;
  std::vector<int64_t> values;
};

// The values, or the message of the error.
struct Outcome {
  std::vector<float> values;
  std::string error;
};

// `updates` are a third operand.
Outcome Moved(const compute::OpParams& op, const Filled& data, const Integers& indices,
              const Filled* updates = nullptr);

}  // namespace convoy::testing
