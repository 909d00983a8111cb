// Gemm and MatMul.
#include <array>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

absl::Status ImportGemm(NodeImport& node) {
  compute::GemmParams params;
  params.alpha = node.Float("alpha", 1);
  params.beta = node.Float("beta", 1);
  params.trans_a = node.Int("transA", 0) != 0;
  params.trans_b = node.Int("transB", 0) != 0;
  params.has_bias = node.has_input(2);
  return node.Finish(params, node.inputs());
}

absl::Status ImportMatMul(NodeImport& node) {
  return node.Finish(compute::MatMulParams{}, node.inputs());
}

}  // namespace

std::span<const ImportRule> GemmRules() {
  static constexpr std::array kRules = {
      ImportRule{"Gemm", 2, 3, ImportGemm},
      ImportRule{"MatMul", 2, 2, ImportMatMul},
  };
  return kRules;
}

}  // namespace convoy::models
