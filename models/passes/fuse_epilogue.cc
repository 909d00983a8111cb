// What follows a convolution, up-convolution, dense layer or arithmetic element by element is done
// while the result is at hand: first the Add of a skip connection (convolution only), then an
// activation.
#include <optional>
#include <utility>

#include "models/graph/uses.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::ConvParams;
using compute::ConvTransposeParams;
using compute::GemmParams;

// The activation slot of an operator that has one; null otherwise.
ActivationParams* ActivationOf(compute::OpParams& op) {
  if (auto* conv = std::get_if<ConvParams>(&op)) return &conv->activation;
  if (auto* up = std::get_if<ConvTransposeParams>(&op)) return &up->activation;
  if (auto* gemm = std::get_if<GemmParams>(&op)) return &gemm->activation;
  if (auto* binary = std::get_if<BinaryParams>(&op)) return &binary->activation;
  return nullptr;
}

// The operand of an Add that is a convolution with a free epilogue, read by this Add alone; of two,
// the later one, so that the other is already there.
std::optional<int> FindConvOperand(const Graph& graph, const ValueUses& uses, const Node& add) {
  std::optional<int> best;
  int best_producer = kNoNode;
  for (const int side : {0, 1}) {
    const ValueId id = add.inputs[side];
    const int producer = uses.producer[id];
    if (producer <= best_producer || uses.readers[id] != 1) continue;
    const auto* conv = std::get_if<ConvParams>(&graph.nodes[producer].op);
    if (conv == nullptr || conv->has_residual) continue;
    if (conv->activation.kind != ActivationKind::kNone) continue;
    best = side;
    best_producer = producer;
  }
  return best;
}

// Turns Add(conv, r) into a convolution with residual r, in the Add's place: r may be made after
// the old one.
void FuseResidual(Graph& graph, const ValueUses& uses, size_t at) {
  Node& add = graph.nodes[at];
  const auto* binary = std::get_if<BinaryParams>(&add.op);
  if (binary == nullptr || binary->kind != BinaryKind::kAdd) return;
  if (graph.values[add.inputs[0]].spec != graph.values[add.inputs[1]].spec) return;
  const std::optional<int> side = FindConvOperand(graph, uses, add);
  if (!side.has_value()) return;
  const ActivationParams activation = binary->activation;
  const ValueId residual = add.inputs[1 - *side];
  const Node& before = graph.nodes[uses.producer[add.inputs[*side]]];
  ConvParams conv = std::get<ConvParams>(before.op);
  conv.has_residual = true;
  conv.activation = activation;
  std::vector<ValueId> inputs = before.inputs;
  inputs.push_back(residual);
  add.name = before.name;
  add.op = conv;
  add.inputs = std::move(inputs);
}

// Moves the activation at `at` into the node before it. That node then makes the activation's
// value; the activation is left without reader.
void FuseActivation(Graph& graph, ValueUses& uses, size_t at) {
  Node& node = graph.nodes[at];
  const auto* activation = std::get_if<ActivationParams>(&node.op);
  if (activation == nullptr) return;
  const ValueId x = node.inputs[0];
  if (uses.producer[x] == kNoNode || uses.readers[x] != 1) return;
  ActivationParams* slot = ActivationOf(graph.nodes[uses.producer[x]].op);
  if (slot == nullptr || slot->kind != ActivationKind::kNone) return;
  *slot = *activation;
  Bypass(graph, uses, node.outputs[0], x);
}

}  // namespace

absl::Status FuseEpilogue(Graph& graph) {
  ValueUses uses = CountUses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    FuseResidual(graph, uses, i);
    FuseActivation(graph, uses, i);
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
