// MatMul of two matrices becomes Gemm, which the passes behind this one give a bias, a folded
// batch normalisation and an activation.
#include "models/passes/passes.h"

namespace convoy::models {

absl::Status MatMulToGemm(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (!std::holds_alternative<compute::MatMulParams>(node.op)) continue;
    const compute::Shape& a = graph.values[node.inputs[0]].spec.shape;
    const compute::Shape& b = graph.values[node.inputs[1]].spec.shape;
    if (a.rank() == 2 && b.rank() == 2) node.op = compute::GemmParams{};
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
