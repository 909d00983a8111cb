// Whether the cpu runs a plan's batch layer by layer or slice by slice (sliced_session.h): timed
// when the plan is compiled, and kept in the tune file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "compute/cpu/kernel_choice.h"
#include "compute/plan/plan.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

// What the choice depends on, as the tune file names it: the plan's operators and shapes, and the
// threads of the device. A session on a part of them goes by what was timed with all: then their
// answers agree.
std::string BatchProblem(const Plan& plan, int threads);

// Compiles a plan for so many threads, as it stands.
using CompileForThreads =
    std::function<absl::StatusOr<std::unique_ptr<Session>>(const Plan& plan, int threads)>;

// The fastest way to run `plan` on `threads` threads; layer by layer where nothing may be timed,
// where plan.rows says nothing of a batch and where an answer must not depend on its size.
absl::StatusOr<std::unique_ptr<Session>> CompileBatch(const Plan& plan, int threads,
                                                      CpuTuning& tuning,
                                                      const CompileForThreads& compile);

}  // namespace convoy::compute
