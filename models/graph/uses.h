// Who makes and who reads each value of a graph, and the small rewrites that passes are made of.
// Pure functions; a ValueUses describes the graph as it was when it was counted.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/graph/graph.h"

namespace convoy::models {

inline constexpr int kNoNode = -1;

struct ValueUses {
  std::vector<int> producer;  // node index by value; kNoNode for inputs, constants, unused values
  std::vector<int> readers;   // by value: node inputs and graph outputs that name it
};
ValueUses CountUses(const Graph& graph);

// Every node input and graph output that names `from` names `to` instead.
void ReplaceUses(Graph& graph, ValueId from, ValueId to);

// For a node that reads `x` as its only reader and has become superfluous: whoever reads its result
// `y` reads `x` instead, in the graph and in `uses`.
void Bypass(Graph& graph, ValueUses& uses, ValueId y, ValueId x);

// Removes nodes that no output needs and lets go of constants that nobody reads. True when a node
// went.
bool RemoveDeadNodes(Graph& graph);

// The float values of a constant; empty when the value is no float32 constant.
std::span<const float> ConstantFloats(const Graph& graph, ValueId id);

// A constant of shape [values.size()] named after `stem`.
ValueId AddVector(Graph& graph, std::string_view stem, std::span<const double> values);

}  // namespace convoy::models
