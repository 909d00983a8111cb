// One case at one batch size: the operator with its parameters, and its operands.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/ops/op.h"
#include "tests/conformance/case_file.h"

namespace convoy::testing {

// Random values are drawn evenly from [least, most]; integers are rounded, BOOL is drawn from both.
struct ValueRange {
  float least = -1;
  float most = 1;
};

struct Operand {
  compute::Shape shape;
  bool constant = false;  // weights, else given at run time
  ValueRange range;
  compute::DType dtype = compute::DType::kFloat32;
  // Makes the values where drawing each for itself would mean nothing; empty: they are drawn.
  std::function<void(uint32_t seed, const compute::MutableTensorView& values)> fill;
};

struct Problem {
  compute::OpParams op;
  std::vector<Operand> operands;
  compute::TensorSpecs outputs;
  bool mixes_rows = false;  // a row of the output depends on several rows of the batch
};

// INVALID_ARGUMENT when the case does not describe a valid problem.
absl::StatusOr<Problem> MakeProblem(const Case& one_case, int64_t batch);

}  // namespace convoy::testing
