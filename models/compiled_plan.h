// A plan in every session that may run it, and how long a run takes.
//
//   CompiledPlan plan;
//   CONVOY_RETURN_IF_ERROR(CompileSessions(lowered, device, /*lanes=*/2, plan));
//   CONVOY_RETURN_IF_ERROR(WarmUp(plan));
//   const SessionPool::Lease session = plan.For(Width::kNarrow).Take();
//
// Sessions are taken by any thread; everything else is done by one, before.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "compute/base/width.h"
#include "compute/plan/plan.h"
#include "compute/runtime/device.h"
#include "models/session_pool.h"

namespace convoy::models {

struct CompiledPlan {
  std::vector<compute::Shape> inputs;  // batch dimension included
  std::vector<compute::Shape> outputs;
  // Of inputs, outputs and intermediate values of all sessions; weights are the model's.
  int64_t bytes = 0;
  SessionPool wide;    // one; or one a lane, where lanes are no parts of the device
  SessionPool narrow;  // one a lane, where they are; else empty
  // Of one run; narrow with all lanes at work.
  absl::Duration wide_run, narrow_run;

  // Where there is but one kind of sessions it serves both widths.
  SessionPool& For(compute::Width width) {
    return width == compute::Width::kNarrow && !narrow.sessions().empty() ? narrow : wide;
  }
};

// Sessions for `lanes` batches at a time; at most device.facts().lanes where lanes are parts of the
// device.
absl::Status CompileSessions(const compute::Plan& plan, compute::Device& device, int lanes,
                             CompiledPlan& compiled);

// Runs every session once, those of narrow lanes together, so that no request finds one cold.
absl::Status WarmUp(CompiledPlan& plan);

// Sets wide_run and narrow_run of a warm plan better than WarmUp does, in about ten milliseconds.
absl::Status TimeRuns(CompiledPlan& plan);

}  // namespace convoy::models
