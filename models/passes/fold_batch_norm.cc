// Conv, ConvTranspose or Gemm followed by BatchNorm: y = (x - mean) * s + shift with
// s = scale / sqrt(variance + epsilon) multiplies the weights and moves the bias. In double
// precision, rounded once.
#include <cmath>
#include <optional>

#include "models/graph/uses.h"
#include "models/passes/linear_layer.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::BatchNormParams;

// The map as y = x * scale + shift.
struct Affine {
  std::vector<double> scales;
  std::vector<double> shifts;
};

// Nullopt when a parameter is computed or the result is no number.
std::optional<Affine> AsAffine(const Graph& graph, const Node& node) {
  const auto* norm = std::get_if<BatchNormParams>(&node.op);
  if (norm == nullptr) return std::nullopt;
  const std::span<const float> scale = ConstantFloats(graph, node.inputs[1]);
  const std::span<const float> shift = ConstantFloats(graph, node.inputs[2]);
  const std::span<const float> mean = ConstantFloats(graph, node.inputs[3]);
  const std::span<const float> variance = ConstantFloats(graph, node.inputs[4]);
  if (scale.empty() || shift.empty() || mean.empty() || variance.empty()) return std::nullopt;
  Affine affine;
  for (size_t c = 0; c < scale.size(); ++c) {
    const double s = scale[c] / std::sqrt(double{variance[c]} + double{norm->epsilon});
    if (!std::isfinite(s)) return std::nullopt;
    affine.scales.push_back(s);
    affine.shifts.push_back(shift[c] - mean[c] * s);
  }
  return affine;
}

}  // namespace

absl::Status FoldBatchNorm(Graph& graph) {
  ValueUses uses = CountUses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::optional<Affine> affine = AsAffine(graph, graph.nodes[i]);
    if (!affine.has_value()) continue;
    const ValueId x = graph.nodes[i].inputs[0];
    if (uses.producer[x] == kNoNode || uses.readers[x] != 1) continue;
    std::optional<LinearLayer> layer = AsLinearLayer(graph, graph.nodes[uses.producer[x]]);
    if (!layer.has_value()) continue;
    std::vector<double> bias = BiasOf(graph, *layer);
    for (size_t c = 0; c < bias.size(); ++c) {
      bias[c] = bias[c] * affine->scales[c] + affine->shifts[c];
    }
    ScaleWeights(graph, *layer, affine->scales);
    SetBias(graph, *layer, bias);
    Bypass(graph, uses, graph.nodes[i].outputs[0], x);
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
