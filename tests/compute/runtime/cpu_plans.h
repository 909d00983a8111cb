// Small plans for the tests of the cpu device, and their runs on a device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compute/plan/plan.h"
#include "compute/runtime/device.h"

namespace convoy::testing {

// Builds a plan value by value; weights are seeded random numbers.
//
//   PlanDraft draft;
//   int x = draft.Input({1, 3, 8, 8});
//   int w = draft.Weights({4, 3, 3, 3}, 0.2F);
//   draft.Output(draft.Step(compute::ConvParams{...}, {x, w}));
class PlanDraft {
 public:
  int Input(const compute::Shape& shape);
  // Evenly drawn from [-scale, scale], or [low, high].
  int Weights(const compute::Shape& shape, float scale);
  int Weights(const compute::Shape& shape, float low, float high);
  // Aborts the test program where the operator does not take its inputs.
  int Step(compute::OpParams op, std::vector<int> inputs);
  void Output(int value) { plan_.outputs.push_back(value); }

  const compute::Plan& plan() const { return plan_; }

 private:
  int Add(compute::TensorSpec spec);

  compute::Plan plan_;
  uint32_t seed_ = 1;
};

std::vector<float> RandomFloats(int64_t count, uint32_t seed, float low = -1, float high = 1);

// Fills the inputs with seeded random numbers, runs, and returns the outputs. Fails the test where
// the run fails.
std::vector<std::vector<float>> RunRandom(compute::Session& session, const compute::Plan& plan,
                                          uint32_t seed);

// The worst difference to the reference device over all outputs, each as a share of max(1, its
// largest expected magnitude). Infinity, and a failed test, where the plan does not compile.
double ErrorAgainstReference(compute::Device& device, const compute::Plan& plan, uint32_t seed);

// The kernels of the steps named `step`, joined by a space.
std::string KernelsOf(const compute::SessionReport& report, const std::string& step);
int CountSteps(const compute::SessionReport& report, const std::string& step);

}  // namespace convoy::testing
