// A plan for some of the rows of another one's batch. Pure.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "compute/plan/plan.h"

namespace convoy::compute {

// `plan` with `rows` rows, 1 to plan.rows; the weights are shared. UNIMPLEMENTED names the step or
// output whose rows are not made each for itself: it looks along dimension 0, folds the batch into
// another dimension, or has it built into a weight.
absl::StatusOr<Plan> PlanForRows(const Plan& plan, int64_t rows);

}  // namespace convoy::compute
