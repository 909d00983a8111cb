#include "models/passes/linear_layer.h"

#include <utility>

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ConvParams;
using compute::ConvTransposeParams;
using compute::GemmParams;
using compute::HostTensor;
using compute::Shape;

bool IsFree(const compute::OpParams& op) {
  if (const auto* conv = std::get_if<ConvParams>(&op)) {
    return !conv->has_residual && conv->activation.kind == ActivationKind::kNone;
  }
  if (const auto* up = std::get_if<ConvTransposeParams>(&op)) {
    return up->activation.kind == ActivationKind::kNone;
  }
  const auto* gemm = std::get_if<GemmParams>(&op);
  return gemm != nullptr && gemm->activation.kind == ActivationKind::kNone;
}

bool HasBias(const compute::OpParams& op) {
  if (const auto* conv = std::get_if<ConvParams>(&op)) return conv->has_bias;
  if (const auto* up = std::get_if<ConvTransposeParams>(&op)) return up->has_bias;
  return std::get<GemmParams>(op).has_bias;
}

// Gemm's bias broadcasts; one value, or one a column, is what can be folded.
bool BiasIsPerChannel(const Graph& graph, ValueId bias, int64_t channels) {
  const Shape& shape = graph.values[bias].spec.shape;
  const int64_t last = shape.rank() == 0 ? 1 : shape[shape.rank() - 1];
  return !ConstantFloats(graph, bias).empty() && shape.elements() == last &&
         (last == 1 || last == channels);
}

// The output channel of weight `i`.
int64_t ChannelOf(const compute::OpParams& op, const Shape& weights, int64_t channels, int64_t i) {
  if (std::holds_alternative<ConvParams>(op)) return i / (weights.elements() / weights[0]);
  if (const auto* gemm = std::get_if<GemmParams>(&op)) {
    return gemm->trans_b ? i / weights[1] : i % weights[1];
  }
  // ConvTranspose: [C, M/group, kernel...]; input channel c belongs to group c / (C/group).
  const int64_t group = std::get<ConvTransposeParams>(op).group;
  const int64_t taps = weights.elements() / (weights[0] * weights[1]);
  const int64_t c = i / (weights[1] * taps);
  const int64_t m = i / taps % weights[1];
  return c / (weights[0] / group) * (channels / group) + m;
}

}  // namespace

std::optional<LinearLayer> AsLinearLayer(Graph& graph, Node& node) {
  if (!IsFree(node.op) || ConstantFloats(graph, node.inputs[1]).empty()) return std::nullopt;
  const LinearLayer layer{&node, graph.values[node.outputs[0]].spec.shape[1]};
  if (HasBias(node.op) && !BiasIsPerChannel(graph, node.inputs[2], layer.channels)) {
    return std::nullopt;
  }
  return layer;
}

std::vector<double> BiasOf(const Graph& graph, const LinearLayer& layer) {
  std::vector<double> bias(static_cast<size_t>(layer.channels));
  if (!HasBias(layer.node->op)) return bias;
  const auto* gemm = std::get_if<GemmParams>(&layer.node->op);
  const double beta = gemm == nullptr ? 1 : gemm->beta;
  const std::span<const float> given = ConstantFloats(graph, layer.node->inputs[2]);
  for (size_t i = 0; i < bias.size(); ++i) bias[i] = beta * given[given.size() == 1 ? 0 : i];
  return bias;
}

void SetBias(Graph& graph, LinearLayer& layer, std::span<const double> bias) {
  Node& node = *layer.node;
  const ValueId id = AddVector(graph, node.name + "/bias", bias);
  node.inputs.resize(2);
  node.inputs.push_back(id);
  if (auto* conv = std::get_if<ConvParams>(&node.op)) conv->has_bias = true;
  if (auto* up = std::get_if<ConvTransposeParams>(&node.op)) up->has_bias = true;
  if (auto* gemm = std::get_if<GemmParams>(&node.op)) {
    gemm->has_bias = true;
    gemm->beta = 1;
  }
}

void ScaleWeights(Graph& graph, LinearLayer& layer, std::span<const double> scales) {
  Node& node = *layer.node;
  const Value& old = graph.values[node.inputs[1]];
  const std::span<const float> from = old.constant->data<float>();
  HostTensor scaled(old.spec);
  const std::span<float> to = scaled.mutable_data<float>();
  for (size_t i = 0; i < from.size(); ++i) {
    const int64_t channel =
        ChannelOf(node.op, old.spec.shape, layer.channels, static_cast<int64_t>(i));
    to[i] = static_cast<float>(from[i] * scales[static_cast<size_t>(channel)]);
  }
  node.inputs[1] = graph.AddConstant(node.name + "/weights", std::move(scaled));
}

}  // namespace convoy::models
