// Removes nodes that give their input back, and joins reshapes of reshapes.
#include <algorithm>

#include "models/graph/uses.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::ConcatParams;
using compute::PadParams;
using compute::ReshapeParams;
using compute::ResizeParams;
using compute::SliceParams;
using compute::TransposeParams;

template <typename T>
bool AllAre(const std::vector<T>& values, T wanted) {
  return std::all_of(values.begin(), values.end(), [&](T value) { return value == wanted; });
}

// The shapes of input and output are known to be equal.
bool KeepsElements(const Node& node) {
  if (std::holds_alternative<ReshapeParams>(node.op)) return true;
  if (std::holds_alternative<ConcatParams>(node.op)) return node.inputs.size() == 1;
  if (std::holds_alternative<ResizeParams>(node.op)) {
    return AllAre(std::get<ResizeParams>(node.op).scales, 1.0F);
  }
  if (const auto* activation = std::get_if<ActivationParams>(&node.op)) {
    return activation->kind == ActivationKind::kNone;
  }
  if (const auto* transpose = std::get_if<TransposeParams>(&node.op)) {
    return std::is_sorted(transpose->perm.begin(), transpose->perm.end());
  }
  if (const auto* slice = std::get_if<SliceParams>(&node.op)) {
    return AllAre<int64_t>(slice->starts, 0) && AllAre<int64_t>(slice->steps, 1);
  }
  if (const auto* pad = std::get_if<PadParams>(&node.op)) {
    return AllAre<int64_t>(pad->begins, 0) && AllAre<int64_t>(pad->ends, 0);
  }
  return false;
}

bool IsIdentity(const Graph& graph, const Node& node) {
  if (node.inputs.empty() || node.outputs.size() != 1) return false;
  return graph.values[node.inputs[0]].spec == graph.values[node.outputs[0]].spec &&
         KeepsElements(node);
}

// Reshape(Reshape(x)) reads x; the inner one dies unless somebody else reads it.
void JoinReshapes(Graph& graph) {
  const ValueUses uses = CountUses(graph);
  for (Node& node : graph.nodes) {
    if (!std::holds_alternative<ReshapeParams>(node.op)) continue;
    const int before = uses.producer[node.inputs[0]];
    if (before == kNoNode) continue;
    const Node& inner = graph.nodes[before];
    if (std::holds_alternative<ReshapeParams>(inner.op)) node.inputs[0] = inner.inputs[0];
  }
}

}  // namespace

absl::Status EliminateIdentity(Graph& graph) {
  JoinReshapes(graph);
  for (const Node& node : graph.nodes) {
    if (IsIdentity(graph, node)) ReplaceUses(graph, node.outputs[0], node.inputs[0]);
  }
  RemoveDeadNodes(graph);
  return absl::OkStatus();
}

}  // namespace convoy::models
