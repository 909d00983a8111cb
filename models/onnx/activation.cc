// Functions of one tensor: activations (Relu ... Softplus) and the others (Abs ... IsNaN).
#include <array>
#include <cmath>
#include <limits>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::DType;
using compute::UnaryKind;
using compute::UnaryParams;

template <typename Kind>
struct Named {
  std::string_view op_type;
  Kind kind;
};
template <typename Kind>  // clang does not find it before version 17
Named(std::string_view, Kind)->Named<Kind>;

constexpr std::array kPlainActivations = {
    Named{"Sigmoid", ActivationKind::kSigmoid},     Named{"Tanh", ActivationKind::kTanh},
    Named{"HardSwish", ActivationKind::kHardSwish}, Named{"Mish", ActivationKind::kMish},
    Named{"Softplus", ActivationKind::kSoftplus},
};

constexpr std::array kPlainUnaries = {
    Named{"Abs", UnaryKind::kAbs},           Named{"Neg", UnaryKind::kNeg},
    Named{"Sign", UnaryKind::kSign},         Named{"Not", UnaryKind::kNot},
    Named{"BitwiseNot", UnaryKind::kNot},    Named{"Reciprocal", UnaryKind::kReciprocal},
    Named{"Sqrt", UnaryKind::kSqrt},         Named{"Exp", UnaryKind::kExp},
    Named{"Log", UnaryKind::kLog},           Named{"Erf", UnaryKind::kErf},
    Named{"Floor", UnaryKind::kFloor},       Named{"Ceil", UnaryKind::kCeil},
    Named{"Round", UnaryKind::kRound},       Named{"Sin", UnaryKind::kSin},
    Named{"Cos", UnaryKind::kCos},           Named{"Tan", UnaryKind::kTan},
    Named{"Asin", UnaryKind::kAsin},         Named{"Acos", UnaryKind::kAcos},
    Named{"Atan", UnaryKind::kAtan},         Named{"Sinh", UnaryKind::kSinh},
    Named{"Cosh", UnaryKind::kCosh},         Named{"Asinh", UnaryKind::kAsinh},
    Named{"Acosh", UnaryKind::kAcosh},       Named{"Atanh", UnaryKind::kAtanh},
    Named{"Softsign", UnaryKind::kSoftsign}, Named{"IsNaN", UnaryKind::kIsNan},
};

// The entry that has the name of the node's operator; the rules below name nothing else.
template <typename Table>
auto KindOf(const NodeImport& node, const Table& table) {
  auto kind = table[0].kind;
  for (const auto& entry : table) {
    if (entry.op_type == node.op_type()) kind = entry.kind;
  }
  return kind;
}

absl::Status ImportPlainActivation(NodeImport& node) {
  return node.Finish(ActivationParams{KindOf(node, kPlainActivations)}, node.inputs());
}

absl::Status ImportPlainUnary(NodeImport& node) {
  return node.Finish(UnaryParams{KindOf(node, kPlainUnaries)}, node.inputs());
}

absl::Status ImportRelu(NodeImport& node) {
  const DType dtype = node.spec_of(node.input(0)).dtype;
  if (dtype == DType::kFloat32) {
    return node.Finish(ActivationParams{ActivationKind::kRelu}, node.inputs());
  }
  return node.Finish(BinaryParams{BinaryKind::kMax, {}}, {node.input(0), node.AddScalar(dtype, 0)});
}

absl::Status ImportLeakyRelu(NodeImport& node) {
  const float alpha = node.Float("alpha", 0.01F);
  return node.Finish(ActivationParams{ActivationKind::kLeakyRelu, alpha}, node.inputs());
}

absl::Status ImportElu(NodeImport& node) {
  const float alpha = node.Float("alpha", 1);
  return node.Finish(ActivationParams{ActivationKind::kElu, alpha, 1}, node.inputs());
}

absl::Status ImportSelu(NodeImport& node) {
  const float alpha = node.Float("alpha", 1.67326319217681884765625F);
  const float gamma = node.Float("gamma", 1.05070102214813232421875F);
  return node.Finish(ActivationParams{ActivationKind::kElu, alpha, gamma}, node.inputs());
}

absl::Status ImportCelu(NodeImport& node) {
  const float alpha = node.Float("alpha", 1);
  return node.Finish(ActivationParams{ActivationKind::kCelu, alpha}, node.inputs());
}

absl::Status ImportHardSigmoid(NodeImport& node) {
  const float alpha = node.Float("alpha", 0.2F);
  const float beta = node.Float("beta", 0.5F);
  return node.Finish(ActivationParams{ActivationKind::kHardSigmoid, alpha, beta}, node.inputs());
}

absl::Status ImportSwish(NodeImport& node) {
  const float alpha = node.Float("alpha", 1);
  return node.Finish(ActivationParams{ActivationKind::kSwish, alpha}, node.inputs());
}

absl::Status ImportGelu(NodeImport& node) {
  const std::string approximate = node.String("approximate", "none");
  if (approximate != "none" && approximate != "tanh") {
    return absl::InvalidArgumentError(
        absl::StrFormat("approximate is '%s', but must be 'none' or 'tanh'", approximate));
  }
  const bool by_tanh = approximate == "tanh";
  return node.Finish(ActivationParams{by_tanh ? ActivationKind::kGeluTanh : ActivationKind::kGelu},
                     node.inputs());
}

absl::Status ImportThresholdedRelu(NodeImport& node) {
  const float alpha = node.Float("alpha", 1);
  return node.Finish(UnaryParams{UnaryKind::kThresholdedRelu, alpha}, node.inputs());
}

absl::Status ImportShrink(NodeImport& node) {
  const float lambd = node.Float("lambd", 0.5F);
  const float bias = node.Float("bias", 0);
  return node.Finish(UnaryParams{UnaryKind::kShrink, lambd, bias}, node.inputs());
}

absl::Status ImportIsInf(NodeImport& node) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const bool negative = node.Int("detect_negative", 1) != 0;
  const bool positive = node.Int("detect_positive", 1) != 0;
  ValueId x = node.input(0);
  if (negative && positive) {
    CONVOY_ASSIGN_OR_RETURN(x, node.Add(UnaryParams{UnaryKind::kAbs}, {x}));
  }
  const ValueId bound = node.AddScalar(DType::kFloat32, positive ? kInfinity : -kInfinity);
  // Nothing is greater than infinity.
  const bool none = !negative && !positive;
  return node.Finish(BinaryParams{none ? BinaryKind::kGreater : BinaryKind::kEqual, {}},
                     none ? std::vector{bound, x} : std::vector{x, bound});
}

// Bounds that are computed, or of integers.
absl::Status ImportClipByTensors(NodeImport& node) {
  ValueId x = node.input(0);
  if (node.has_input(1)) {
    CONVOY_ASSIGN_OR_RETURN(x, node.Add(BinaryParams{BinaryKind::kMax, {}}, {x, node.input(1)}));
  }
  if (!node.has_input(2)) return node.Alias(x);
  return node.Finish(BinaryParams{BinaryKind::kMin, {}}, {x, node.input(2)});
}

// The bounds are attributes up to opset 10 and inputs from opset 11.
absl::Status ImportClip(NodeImport& node) {
  float low = std::numeric_limits<float>::lowest();
  float high = std::numeric_limits<float>::max();
  if (node.opset() < 11) {
    low = node.Float("min", low);
    high = node.Float("max", high);
  } else {
    const auto is_computed = [&](int i) {
      return node.has_input(i) && node.constant(i) == nullptr;
    };
    if (node.spec_of(node.input(0)).dtype != DType::kFloat32 || is_computed(1) || is_computed(2)) {
      return ImportClipByTensors(node);
    }
    CONVOY_ASSIGN_OR_RETURN(low, node.ConstantScalar(1, low));
    CONVOY_ASSIGN_OR_RETURN(high, node.ConstantScalar(2, high));
  }
  // Where the bounds cross, the upper one holds.
  if (low > high) low = high;
  return node.Finish(ActivationParams{ActivationKind::kClip, low, high}, {node.input(0)});
}

constexpr std::array kOthers = {
    ImportRule{"Relu", 1, 1, ImportRelu},
    ImportRule{"LeakyRelu", 1, 1, ImportLeakyRelu},
    ImportRule{"Elu", 1, 1, ImportElu},
    ImportRule{"Selu", 1, 1, ImportSelu},
    ImportRule{"Celu", 1, 1, ImportCelu},
    ImportRule{"HardSigmoid", 1, 1, ImportHardSigmoid},
    ImportRule{"Swish", 1, 1, ImportSwish},
    ImportRule{"Gelu", 1, 1, ImportGelu},
    ImportRule{"ThresholdedRelu", 1, 1, ImportThresholdedRelu},
    ImportRule{"Shrink", 1, 1, ImportShrink},
    ImportRule{"IsInf", 1, 1, ImportIsInf},
    ImportRule{"Clip", 1, 3, ImportClip},
};

constexpr auto MakeRules() {
  std::array<ImportRule, kPlainActivations.size() + kPlainUnaries.size() + kOthers.size()> rules{};
  size_t at = 0;
  for (const auto& plain : kPlainActivations) {
    rules[at++] = {plain.op_type, 1, 1, ImportPlainActivation};
  }
  for (const auto& plain : kPlainUnaries) rules[at++] = {plain.op_type, 1, 1, ImportPlainUnary};
  for (const ImportRule& rule : kOthers) rules[at++] = rule;
  return rules;
}

}  // namespace

std::span<const ImportRule> ActivationRules() {
  static constexpr auto kRules = MakeRules();
  return kRules;
}

}  // namespace convoy::models
