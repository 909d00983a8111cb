// Which steps of a plan the cpu runs a row of the batch at a time where an answer must not depend
// on the batch size (DeviceOptions.batch_invariant): those for which oneDNN chooses kernel,
// blocking and order of summation by the whole shape. Pure.
#pragma once

#include <cstdint>

#include "compute/plan/plan.h"

namespace convoy::compute {

// The rows of the step's batch; 1 where the step has no rows that are computed each for itself, or
// computes them alike in any batch.
int64_t RowsApart(const Plan& plan, const PlanStep& step);

}  // namespace convoy::compute
