// BatchNormalization.
#include <array>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

absl::Status ImportBatchNormalization(NodeImport& node) {
  if (node.Int("training_mode", 0) != 0) {
    return absl::UnimplementedError("training_mode is 1; only inference (0) is supported");
  }
  if (node.Int("spatial", 1) != 1) {  // opsets 7 and 8
    return absl::UnimplementedError("spatial is 0; only one mean a channel (1) is supported");
  }
  if (node.opset() < 7 && node.Int("is_test", 0) == 0) {
    return absl::UnimplementedError("is_test is 0; only inference (1) is supported");
  }
  return node.Finish(compute::BatchNormParams{node.Float("epsilon", 1e-5F)}, node.inputs());
}

}  // namespace

std::span<const ImportRule> NormRules() {
  static constexpr std::array kRules = {
      ImportRule{"BatchNormalization", 5, 5, ImportBatchNormalization},
  };
  return kRules;
}

}  // namespace convoy::models
