#include "models/passes/passes.h"

#include <algorithm>
#include <array>

#include "absl/time/clock.h"
#include "compute/base/status.h"
#include "models/graph/uses.h"

namespace convoy::models {
namespace {

constexpr std::array kPasses = {
    Pass{"eliminate_identity", "what changes nothing costs a step and hides the patterns below",
         EliminateIdentity},
    Pass{"fold_constants", "what is known at load need not be computed in every run",
         FoldConstants},
    Pass{"matmul_to_gemm", "a dense layer written as MatMul and Add takes its bias along",
         MatMulToGemm},
    Pass{"fuse_pad", "convolution and pooling pad on their own, without a copy", FusePad},
    Pass{"fuse_bias", "exporters without bias write it as an Add of one value a channel", FuseBias},
    Pass{"fold_batch_norm", "at inference it is an affine map that the weights before it absorb",
         FoldBatchNorm},
    Pass{"fuse_epilogue", "skip connections and activations ride along while the result is at hand",
         FuseEpilogue},
};

absl::Status CheckNames(std::span<const std::string> disabled) {
  for (const std::string& name : disabled) {
    const bool known = std::any_of(kPasses.begin(), kPasses.end(),
                                   [&](const Pass& pass) { return pass.name == name; });
    if (known) continue;
    std::string names;
    for (const Pass& pass : kPasses) absl::StrAppendFormat(&names, " %s", pass.name);
    return absl::InvalidArgumentError(
        absl::StrFormat("there is no pass '%s'; the passes are:%s", name, names));
  }
  return absl::OkStatus();
}

}  // namespace

std::span<const Pass> AllPasses() { return kPasses; }

absl::StatusOr<std::vector<PassReport>> RunPasses(Graph& graph,
                                                  std::span<const std::string> disabled) {
  CONVOY_RETURN_IF_ERROR(CheckNames(disabled));
  std::vector<PassReport> reports;
  for (const Pass& pass : kPasses) {
    if (std::find(disabled.begin(), disabled.end(), pass.name) != disabled.end()) continue;
    const absl::Time start = absl::Now();
    absl::Status status = pass.run(graph);
    RemoveDeadNodes(graph);
    if (status.ok()) status = VerifyGraph(graph);
    if (!status.ok()) {
      return compute::WithContext(
          status, absl::StrFormat("after pass %s on model '%s'", pass.name, graph.name));
    }
    reports.push_back({pass.name, static_cast<int>(graph.nodes.size()), absl::Now() - start});
  }
  return reports;
}

}  // namespace convoy::models
