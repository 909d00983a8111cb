// Runs one problem on a device and on the reference formula, with seeded random operands.
//
// Alone, the operator is the plan's only step, so that its operands come in the plan's own layout.
// Between pools, every operand given at run time and the output pass through a 1x1 maximum pooling,
// which changes no value but makes a device hand the tensors over in the layout that its image
// operators prefer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"
#include "tests/conformance/problem.h"

namespace convoy::testing {

enum class Surroundings { kAlone, kBetweenPools };

// Whether every operand given at run time and the output have the rank of an image.
bool FitsBetweenPools(const Problem& problem);

// One tensor an operand. Equal seeds give equal values.
std::vector<compute::HostTensor> RandomOperands(const Problem& problem, uint32_t seed);

// Every FP32 value to the nearest that a half holds, as a device does that keeps halves.
void RoundToHalves(std::vector<compute::HostTensor>& operands);

// New values for all rows but `row` of the operands given at run time.
void ChangeOtherRows(const Problem& problem, int64_t row, uint32_t seed,
                     std::vector<compute::HostTensor>& operands);

// The formula's answer, a tensor an output.
std::vector<compute::HostTensor> Expected(const Problem& problem,
                                          const std::vector<compute::HostTensor>& operands);

// Compiles the problem for `device` with the constants of `operands` built in.
absl::StatusOr<std::unique_ptr<compute::Session>> CompileProblem(
    compute::Device& device, const Problem& problem,
    const std::vector<compute::HostTensor>& operands, Surroundings surroundings);

// Copies the operands that are no constants into the session and runs it.
absl::StatusOr<std::vector<compute::HostTensor>> RunProblem(
    compute::Session& session, const Problem& problem,
    const std::vector<compute::HostTensor>& operands);

// The first value that differs by more than `bound` times max(1, |expected|max), in words; empty
// when there is none. Integers must be equal.
std::string FirstDifference(const compute::HostTensor& actual, const compute::HostTensor& expected,
                            double bound);

}  // namespace convoy::testing
