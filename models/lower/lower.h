// Graph -> Plan: what no output needs is dropped and values are numbered in the order of their
// first use (inputs, then each step's operands and results). Pure; the plan shares the weights.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "compute/plan/plan.h"
#include "models/graph/graph.h"

namespace convoy::models {

// `name` says model and bucket, for messages. INTERNAL when the graph is broken.
absl::StatusOr<compute::Plan> LowerToPlan(const Graph& graph, std::string name);

}  // namespace convoy::models
