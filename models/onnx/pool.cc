// MaxPool, AveragePool, GlobalMaxPool and GlobalAveragePool.
#include <array>

#include "models/onnx/window_attributes.h"

namespace convoy::models {
namespace {

using compute::GlobalPoolParams;
using compute::PoolKind;
using compute::PoolParams;

absl::Status ImportPool(NodeImport& node, PoolKind kind) {
  PoolParams params;
  params.kind = kind;
  CONVOY_ASSIGN_OR_RETURN(params.window, ReadWindow(node, node.shape(0), {}));
  CONVOY_ASSIGN_OR_RETURN(const AutoPad auto_pad, AutoPadOf(node));
  ResolveSamePads(auto_pad, node.shape(0), params.window);
  params.ceil_mode = node.Int("ceil_mode", 0) != 0;
  params.count_include_pad = kind == PoolKind::kAverage && node.Int("count_include_pad", 0) != 0;
  return node.Finish(params, node.inputs());
}

absl::Status ImportMaxPool(NodeImport& node) { return ImportPool(node, PoolKind::kMax); }
absl::Status ImportAveragePool(NodeImport& node) { return ImportPool(node, PoolKind::kAverage); }

absl::Status ImportGlobalMaxPool(NodeImport& node) {
  return node.Finish(GlobalPoolParams{PoolKind::kMax}, node.inputs());
}
absl::Status ImportGlobalAveragePool(NodeImport& node) {
  return node.Finish(GlobalPoolParams{PoolKind::kAverage}, node.inputs());
}

}  // namespace

std::span<const ImportRule> PoolRules() {
  static constexpr std::array kRules = {
      ImportRule{"MaxPool", 1, 1, ImportMaxPool},
      ImportRule{"AveragePool", 1, 1, ImportAveragePool},
      ImportRule{"GlobalMaxPool", 1, 1, ImportGlobalMaxPool},
      ImportRule{"GlobalAveragePool", 1, 1, ImportGlobalAveragePool},
  };
  return kRules;
}

}  // namespace convoy::models
