// The runs that the flags of `convoy bench` ask for.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/bench_flags.h"
#include "client/bench/bench_record.h"
#include "client/bench/generator.h"
#include "client/bench/scenario.h"

namespace convoy::cli {

struct PlannedRun {
  client::LoadShape shape;
  client::LoadPlan plan;  // without stop and progress
};

// One for each concurrency or rate. INVALID_ARGUMENT names the flag that is wrong.
absl::StatusOr<std::vector<PlannedRun>> PlanRuns(const BenchFlags& flags);

// One open-loop run at a constant mean rate.
absl::StatusOr<PlannedRun> PlanOpenLoop(const BenchFlags& flags, const std::string& rate,
                                        absl::Duration duration);
PlannedRun PlanClosedLoop(const BenchFlags& flags, int64_t concurrency, absl::Duration duration);

// The flags with what the scenario fixes; the rules say what it needs besides.
absl::StatusOr<client::ScenarioRules> ApplyScenario(BenchFlags& flags);

// As many as asked for, or one for every 100 calls in flight.
int ConnectionsFor(const BenchFlags& flags, const std::vector<PlannedRun>& runs);

}  // namespace convoy::cli
