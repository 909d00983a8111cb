// The optimiser: an ordered list of rewrites, each in a file of its own, each switchable by name.
// The graph is verified after every pass.
//
//   CONVOY_ASSIGN_OR_RETURN(std::vector<PassReport> reports, RunPasses(graph, {}));
//
// No state; the graph belongs to the caller.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "models/graph/graph.h"

namespace convoy::models {

struct Pass {
  std::string_view name;
  std::string_view reason;
  absl::Status (*run)(Graph& graph);
};

// In the order in which they run.
std::span<const Pass> AllPasses();

struct PassReport {
  std::string_view name;
  int nodes = 0;  // left after the pass
  absl::Duration time;
};

// Runs all passes but `disabled`. INVALID_ARGUMENT for a name that no pass has; INTERNAL when a
// pass leaves the graph broken.
absl::StatusOr<std::vector<PassReport>> RunPasses(Graph& graph,
                                                  std::span<const std::string> disabled);

absl::Status EliminateIdentity(Graph& graph);
absl::Status FoldConstants(Graph& graph);
absl::Status MatMulToGemm(Graph& graph);
absl::Status FusePad(Graph& graph);
absl::Status FuseBias(Graph& graph);
absl::Status FoldBatchNorm(Graph& graph);
absl::Status FuseEpilogue(Graph& graph);

}  // namespace convoy::models
