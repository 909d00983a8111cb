// A plan compiled for the CPU: oneDNN calls and reference kernels in execution order, over memory
// whose addresses are fixed. What a CPU session runs.
//
//   CONVOY_ASSIGN_OR_RETURN(CpuProgram program, CompileCpuProgram(plan, weights, tuning));
//   for (const CpuStep& step : program.steps) CONVOY_RETURN_IF_ERROR(step.Run(program.stream));
//
// Values stay in the layouts that the kernels chose; a step named "reorder" stands where two
// neighbours disagree. The weights are shared through the cache. A program is used by one thread at
// a time.
#pragma once

#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/cpu/aligned_memory.h"
#include "compute/cpu/kernel_choice.h"
#include "compute/cpu/onednn_call.h"
#include "compute/cpu/step_builder.h"
#include "compute/cpu/weight_cache.h"
#include "compute/plan/plan.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

// A kernel of our own with the addresses it works on.
struct OwnCall {
  OwnKernel kernel;
  std::vector<std::byte*> operands;
};

struct ReferenceCall {
  OpParams op;
  std::vector<TensorView> inputs;
  std::vector<MutableTensorView> outputs;
};

// A primitive for one row, called for each.
using OnednnRowCalls = std::vector<OnednnCall>;

// monostate: nothing to do, the output is its input's memory.
struct CpuStep {
  std::variant<std::monostate, OnednnCall, OnednnRowCalls, OwnCall, ReferenceCall> call;

  absl::Status Run(const dnnl::stream& stream) const;
};

struct CpuProgram {
  dnnl::stream stream;
  std::vector<CpuStep> steps;
  SessionReport report;  // one entry a step
  std::vector<std::span<std::byte>> inputs;
  std::vector<std::span<const std::byte>> outputs;

  // What the steps point to.
  AlignedMemory arena;
  std::vector<AlignedMemory> input_memory;
  std::vector<std::shared_ptr<const PackedWeights>> weights;
};

// Must run with as many OpenMP threads as the steps will. RESOURCE_EXHAUSTED when memory does not
// suffice.
absl::StatusOr<CpuProgram> CompileCpuProgram(const Plan& plan, WeightCache& weights,
                                             CpuTuning& tuning);

}  // namespace convoy::compute
