// Activations (Relu, LeakyRelu, Clip, Sigmoid, Tanh) and arithmetic (Add, Sub, Mul, Div, Sum).
#include <array>
#include <limits>
#include <utility>

#include "models/onnx/integers.h"
#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::Shape;

absl::Status ImportRelu(NodeImport& node) {
  return node.Finish(ActivationParams{ActivationKind::kRelu}, node.inputs());
}

absl::Status ImportLeakyRelu(NodeImport& node) {
  const float alpha = node.Float("alpha", 0.01F);
  return node.Finish(ActivationParams{ActivationKind::kLeakyRelu, alpha}, node.inputs());
}

absl::Status ImportSigmoid(NodeImport& node) {
  return node.Finish(ActivationParams{ActivationKind::kSigmoid}, node.inputs());
}

absl::Status ImportTanh(NodeImport& node) {
  return node.Finish(ActivationParams{ActivationKind::kTanh}, node.inputs());
}

// The bounds are attributes up to opset 10 and inputs from opset 11.
absl::Status ImportClip(NodeImport& node) {
  float low = std::numeric_limits<float>::lowest();
  float high = std::numeric_limits<float>::max();
  if (node.opset() < 11) {
    low = node.Float("min", low);
    high = node.Float("max", high);
  } else {
    CONVOY_ASSIGN_OR_RETURN(low, node.ConstantScalar(1, low));
    CONVOY_ASSIGN_OR_RETURN(high, node.ConstantScalar(2, high));
  }
  return node.Finish(ActivationParams{ActivationKind::kClip, low, high}, {node.input(0)});
}

// Opset 6: b is stretched over a from dimension `axis` on, by default from the last ones.
absl::StatusOr<ValueId> AlignOpset6(NodeImport& node) {
  const ValueId b = node.input(1);
  if (node.opset() >= 7 || node.Int("broadcast", 0) == 0 || !node.Has("axis")) return b;
  const Shape& a_shape = node.shape(0);
  const Shape& b_shape = node.shape(1);
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 0), a_shape.rank()));
  Shape shape = b_shape;
  for (int i = axis + b_shape.rank(); i < a_shape.rank(); ++i) shape.Append(1);
  return node.Add(compute::ReshapeParams{shape}, {b});
}

absl::Status ImportBinary(NodeImport& node, BinaryKind kind) {
  if (FoldIntegers(node, kind)) return absl::OkStatus();
  CONVOY_ASSIGN_OR_RETURN(const ValueId b, AlignOpset6(node));
  return node.Finish(BinaryParams{kind, {}}, {node.input(0), b});
}

absl::Status ImportAdd(NodeImport& node) { return ImportBinary(node, BinaryKind::kAdd); }
absl::Status ImportSub(NodeImport& node) { return ImportBinary(node, BinaryKind::kSub); }
absl::Status ImportMul(NodeImport& node) { return ImportBinary(node, BinaryKind::kMul); }
absl::Status ImportDiv(NodeImport& node) { return ImportBinary(node, BinaryKind::kDiv); }

absl::Status ImportSum(NodeImport& node) {
  const std::vector<ValueId>& inputs = node.inputs();
  if (inputs.size() == 1) return node.Alias(inputs[0]);
  ValueId sum = inputs[0];
  for (size_t i = 1; i + 1 < inputs.size(); ++i) {
    CONVOY_ASSIGN_OR_RETURN(sum, node.Add(BinaryParams{BinaryKind::kAdd, {}}, {sum, inputs[i]}));
  }
  return node.Finish(BinaryParams{BinaryKind::kAdd, {}}, {sum, inputs.back()});
}

}  // namespace

std::span<const ImportRule> ElementwiseRules() {
  static constexpr std::array kRules = {
      ImportRule{"Relu", 1, 1, ImportRelu},       ImportRule{"LeakyRelu", 1, 1, ImportLeakyRelu},
      ImportRule{"Sigmoid", 1, 1, ImportSigmoid}, ImportRule{"Tanh", 1, 1, ImportTanh},
      ImportRule{"Clip", 1, 3, ImportClip},       ImportRule{"Add", 2, 2, ImportAdd},
      ImportRule{"Sub", 2, 2, ImportSub},         ImportRule{"Mul", 2, 2, ImportMul},
      ImportRule{"Div", 2, 2, ImportDiv},         ImportRule{"Sum", 1, kAnyCount, ImportSum},
  };
  return kRules;
}

}  // namespace convoy::models
