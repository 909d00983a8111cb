// The course of `convoy tune` on a session: batches alone, the search, and the comparison of what
// it has found with the settings as they are. Decisions are in tune_search.h and tune_verdict.h.
#pragma once

#include "absl/status/status.h"
#include "cli/tune_flags.h"
#include "cli/tune_report.h"
#include "cli/tune_session.h"
#include "compute/runtime/device.h"

namespace convoy::cli {

// Fills batches, probes, search and rounds of the record, which is good for a report whatever comes
// back. FAILED_PRECONDITION when no candidate meets the objective, DEADLINE_EXCEEDED when the time
// budget is over before the settings as they are were measured, CANCELLED when the user has
// interrupted. Rounds for which there is no time are left out.
absl::Status RunTuning(const TuneFlags& flags, const compute::DeviceFacts& device,
                       TuneSession& session, TuneRecord& record);

}  // namespace convoy::cli
