// A batch run as slices of few rows, several side by side. What a layer makes of few rows is still
// in the cache when the next layer reads it, and slices beside each other wait for each other once
// a batch where the threads of one layer wait once a layer. What a slice cannot do is to read large
// weights once for the whole batch: which is faster is for a trial to say.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/plan/plan.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

// Of `plan`, by `lanes`: sessions, each for one thread, of PlanForRows(plan, rows). `rows` divides
// plan.rows. RESOURCE_EXHAUSTED when memory does not suffice.
absl::StatusOr<std::unique_ptr<Session>> MakeSlicedSession(
    const Plan& plan, int64_t rows, std::vector<std::unique_ptr<Session>> lanes);

}  // namespace convoy::compute
