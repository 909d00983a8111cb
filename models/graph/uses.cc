#include "models/graph/uses.h"

#include <algorithm>
#include <utility>

namespace convoy::models {

ValueUses CountUses(const Graph& graph) {
  ValueUses uses;
  uses.producer.assign(graph.values.size(), kNoNode);
  uses.readers.assign(graph.values.size(), 0);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) ++uses.readers[id];
    for (const ValueId id : graph.nodes[i].outputs) uses.producer[id] = static_cast<int>(i);
  }
  for (const ValueId id : graph.outputs) ++uses.readers[id];
  return uses;
}

void ReplaceUses(Graph& graph, ValueId from, ValueId to) {
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  std::replace(graph.outputs.begin(), graph.outputs.end(), from, to);
}

void Bypass(Graph& graph, ValueUses& uses, ValueId y, ValueId x) {
  ReplaceUses(graph, y, x);
  uses.readers[x] = uses.readers[y];
  uses.readers[y] = 0;
}

bool RemoveDeadNodes(Graph& graph) {
  std::vector<bool> needed(graph.values.size());
  for (const ValueId id : graph.outputs) needed[id] = true;
  std::vector<bool> keep(graph.nodes.size());
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    keep[i] = std::any_of(node.outputs.begin(), node.outputs.end(),
                          [&](ValueId id) { return needed[id]; });
    if (!keep[i]) continue;
    for (const ValueId id : node.inputs) needed[id] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!keep[i]) continue;
    if (kept != i) graph.nodes[kept] = std::move(graph.nodes[i]);
    ++kept;
  }
  const bool changed = kept != graph.nodes.size();
  graph.nodes.resize(kept);
  for (size_t id = 0; id < graph.values.size(); ++id) {
    if (!needed[id]) graph.values[id].constant = nullptr;
  }
  return changed;
}

std::span<const float> ConstantFloats(const Graph& graph, ValueId id) {
  const Value& value = graph.values[id];
  if (value.constant == nullptr || value.spec.dtype != compute::DType::kFloat32) return {};
  return value.constant->data<float>();
}

ValueId AddVector(Graph& graph, std::string_view stem, std::span<const double> values) {
  const std::vector<float> floats(values.begin(), values.end());
  return graph.AddConstant(std::string(stem), compute::HostTensor::FromFloats(
                                                  {static_cast<int64_t>(floats.size())}, floats));
}

}  // namespace convoy::models
