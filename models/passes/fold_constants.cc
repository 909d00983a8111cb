// Computes, by the reference kernels, every node whose inputs are all constants.
#include <algorithm>
#include <utility>

#include "compute/base/status.h"
#include "models/graph/uses.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::HostTensor;
using compute::TensorSpecs;

// A model file must not buy minutes of load time or gigabytes with a few bytes: what exceeds these
// is left for the run.
constexpr double kMaxFlops = 1e9;
constexpr int64_t kMaxElements = int64_t{1} << 26;

// What may still be spent on the whole graph.
struct Budget {
  double flops = 4e9;
  int64_t elements = int64_t{1} << 28;
};

bool IsFoldable(const Graph& graph, const Node& node, Budget& budget) {
  TensorSpecs inputs;
  for (const ValueId id : node.inputs) {
    if (graph.values[id].constant == nullptr) return false;
    inputs.push_back(graph.values[id].spec);
  }
  if (node.inputs.empty()) return false;
  TensorSpecs outputs;
  int64_t elements = 0;
  for (const ValueId id : node.outputs) {
    outputs.push_back(graph.values[id].spec);
    elements += outputs.back().elements();
  }
  const double flops = EstimateCost(node.op, inputs, outputs).flops;
  if (flops > std::min(kMaxFlops, budget.flops)) return false;
  if (elements > std::min(kMaxElements, budget.elements)) return false;
  budget.flops -= flops;
  budget.elements -= elements;
  return true;
}

}  // namespace

absl::Status FoldConstants(Graph& graph) {
  Budget budget;
  std::erase_if(graph.nodes, [&](const Node& node) {
    if (!IsFoldable(graph, node, budget)) return false;
    std::vector<HostTensor> results = EvaluateConstant(graph, node);
    for (size_t i = 0; i < results.size(); ++i) {
      Value& value = graph.values[node.outputs[i]];
      value.constant = std::make_shared<const HostTensor>(std::move(results[i]));
    }
    return true;
  });
  return absl::OkStatus();
}

}  // namespace convoy::models
