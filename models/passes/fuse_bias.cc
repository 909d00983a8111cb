// Conv, ConvTranspose or Gemm followed by an Add (or Sub) of one constant a channel: the constant
// joins the bias.
#include <optional>

#include "models/graph/uses.h"
#include "models/passes/linear_layer.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::Shape;

// True when `constant`, aligned with `output` at the last dimension, varies along channels (axis 1)
// only.
bool IsPerChannel(const Shape& constant, const Shape& output) {
  if (constant.rank() > output.rank()) return false;
  for (int i = 0; i < constant.rank(); ++i) {
    const int axis = output.rank() - constant.rank() + i;
    if (constant[i] != 1 && axis != 1) return false;
  }
  return true;
}

struct BiasAdd {
  ValueId layer_output;
  ValueId constant;
  double sign;
};

std::optional<BiasAdd> AsBiasAdd(const Graph& graph, const Node& node) {
  const auto* binary = std::get_if<BinaryParams>(&node.op);
  if (binary == nullptr || binary->activation.kind != ActivationKind::kNone) return std::nullopt;
  const bool is_add = binary->kind == BinaryKind::kAdd;
  if (!is_add && binary->kind != BinaryKind::kSub) return std::nullopt;
  const Shape& output = graph.values[node.outputs[0]].spec.shape;
  for (const int side : {1, 0}) {
    const ValueId constant = node.inputs[side];
    const ValueId other = node.inputs[1 - side];
    if (side == 0 && !is_add) break;  // constant - x would turn the weights' sign
    if (ConstantFloats(graph, constant).empty() || graph.values[other].constant != nullptr)
      continue;
    if (graph.values[other].spec.shape != output) continue;
    if (!IsPerChannel(graph.values[constant].spec.shape, output)) continue;
    return BiasAdd{other, constant, is_add ? 1.0 : -1.0};
  }
  return std::nullopt;
}

}  // namespace

absl::Status FuseBias(Graph& graph) {
  ValueUses uses = CountUses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::optional<BiasAdd> add = AsBiasAdd(graph, graph.nodes[i]);
    if (!add.has_value()) continue;
    const int before = uses.producer[add->layer_output];
    if (before == kNoNode || uses.readers[add->layer_output] != 1) continue;
    std::optional<LinearLayer> layer = AsLinearLayer(graph, graph.nodes[before]);
    if (!layer.has_value()) continue;
    std::vector<double> bias = BiasOf(graph, *layer);
    const std::span<const float> more = ConstantFloats(graph, add->constant);
    for (size_t c = 0; c < bias.size(); ++c) bias[c] += add->sign * more[more.size() == 1 ? 0 : c];
    SetBias(graph, *layer, bias);
    Bypass(graph, uses, graph.nodes[i].outputs[0], add->layer_output);
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
