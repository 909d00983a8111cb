// Computes, by the reference kernels, every node whose inputs are all constants.
#include <algorithm>

#include "compute/base/status.h"
#include "models/graph/uses.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::HostTensor;
using compute::TensorSpecs;
using compute::TensorView;

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
  const TensorSpecs outputs{graph.values[node.outputs[0]].spec};
  if (node.inputs.empty() || node.outputs.size() != 1) return false;
  const double flops = EstimateCost(node.op, inputs, outputs).flops;
  const int64_t elements = outputs[0].elements();
  if (flops > std::min(kMaxFlops, budget.flops)) return false;
  if (elements > std::min(kMaxElements, budget.elements)) return false;
  budget.flops -= flops;
  budget.elements -= elements;
  return true;
}

HostTensor Evaluate(const Graph& graph, const Node& node) {
  std::vector<TensorView> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(graph.values[id].constant->view());
  HostTensor result(graph.values[node.outputs[0]].spec);
  const compute::MutableTensorView output = result.mutable_view();
  RunReference(node.op, inputs, {&output, 1});
  return result;
}

}  // namespace

absl::Status FoldConstants(Graph& graph) {
  Budget budget;
  std::erase_if(graph.nodes, [&](const Node& node) {
    if (!IsFoldable(graph, node, budget)) return false;
    Value& value = graph.values[node.outputs[0]];
    value.constant = std::make_shared<const HostTensor>(Evaluate(graph, node));
    return true;
  });
  return absl::OkStatus();
}

}  // namespace convoy::models
