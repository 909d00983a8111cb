// A Plan is what a device compiles: immutable steps over numbered values, every shape concrete.
//
//   %3 = Conv(%0, %1, %2) kernel=3x3 pads=1,1,1,1 act=relu      : FP32[8x64x56x56]
//
// Values are numbered 0 .. values.size()-1. A value is a plan input, a constant, or the output of
// exactly one step that comes before all its readers. Made by models/lower (or by a test), checked
// by VerifyPlan, never changed afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "compute/ops/op.h"

namespace convoy::compute {

struct PlanValue {
  std::string name;  // the model's name for it; for messages and profiles
  TensorSpec spec;
  std::shared_ptr<const HostTensor> constant;  // weights; null for what is computed or given
};

struct PlanStep {
  std::string name;  // the model's node name
  OpParams op;
  std::vector<int> inputs;
  std::vector<int> outputs;
};

struct Plan {
  std::string name;  // model and bucket, for messages
  std::vector<PlanValue> values;
  std::vector<PlanStep> steps;  // in execution order
  std::vector<int> inputs;      // what Session::input(i) fills
  std::vector<int> outputs;     // what Session::output(i) shows; may name inputs and constants too
  // Of the batch: dimension 0 of every input and output, none of which depends on another's. 0: the
  // plan has no batch, or nobody said.
  int64_t rows = 0;
};

// Indices in range, single assignment, readers after writers, specs as InferShapes gives them.
// INTERNAL names the step.
absl::Status VerifyPlan(const Plan& plan);

// The text form shown above, one line a step: stable, used by golden tests and `convoy inspect`.
std::string ToString(const Plan& plan);

}  // namespace convoy::compute
