// Functions of two tensors and more: arithmetic (Add ... Mod), comparisons, logic, Where.
#include <array>
#include <utility>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::CastParams;
using compute::DType;
using compute::Shape;

struct BinaryOp {
  std::string_view op_type;
  BinaryKind kind;
  bool swapped = false;  // a < b is b > a
};

constexpr std::array kBinaryOps = {
    BinaryOp{"Add", BinaryKind::kAdd},
    BinaryOp{"Sub", BinaryKind::kSub},
    BinaryOp{"Mul", BinaryKind::kMul},
    BinaryOp{"Div", BinaryKind::kDiv},
    BinaryOp{"Equal", BinaryKind::kEqual},
    BinaryOp{"Greater", BinaryKind::kGreater},
    BinaryOp{"GreaterOrEqual", BinaryKind::kGreaterOrEqual},
    BinaryOp{"Less", BinaryKind::kGreater, true},
    BinaryOp{"LessOrEqual", BinaryKind::kGreaterOrEqual, true},
    BinaryOp{"And", BinaryKind::kAnd},
    BinaryOp{"Or", BinaryKind::kOr},
    BinaryOp{"Xor", BinaryKind::kXor},
    BinaryOp{"BitwiseAnd", BinaryKind::kAnd},
    BinaryOp{"BitwiseOr", BinaryKind::kOr},
    BinaryOp{"BitwiseXor", BinaryKind::kXor},
};

DType TypeOf(const NodeImport& node, int i) { return node.spec_of(node.input(i)).dtype; }

// `value` with dimensions of 1 behind it, so that its first is dimension `axis` of `a`.
absl::StatusOr<ValueId> AlignAt(NodeImport& node, int axis, int a_rank, ValueId value) {
  Shape shape = node.spec_of(value).shape;
  for (int i = axis + shape.rank(); i < a_rank; ++i) shape.Append(1);
  return node.Add(compute::ReshapeParams{shape}, {value});
}

// Opset 6: b is stretched over a from dimension `axis` on, by default from the last ones.
absl::StatusOr<ValueId> AlignOpset6(NodeImport& node) {
  const ValueId b = node.input(1);
  if (node.opset() >= 7 || node.Int("broadcast", 0) == 0 || !node.Has("axis")) return b;
  const int rank = node.shape(0).rank();
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 0), rank));
  return AlignAt(node, axis, rank, b);
}

absl::Status ImportBinary(NodeImport& node) {
  BinaryOp op = kBinaryOps[0];
  for (const BinaryOp& candidate : kBinaryOps) {
    if (candidate.op_type == node.op_type()) op = candidate;
  }
  CONVOY_ASSIGN_OR_RETURN(ValueId b, AlignOpset6(node));
  ValueId a = node.input(0);
  if (op.swapped) std::swap(a, b);
  return node.Finish(BinaryParams{op.kind, {}}, {a, b});
}

// Up to opset 6 one slope a channel, then any shape that stretches to that of x.
absl::Status ImportPRelu(NodeImport& node) {
  ValueId slope = node.input(1);
  const int rank = node.shape(0).rank();
  if (node.opset() < 7 && node.shape(1).elements() > 1 && rank > 1) {
    CONVOY_ASSIGN_OR_RETURN(slope, AlignAt(node, 1, rank, slope));
  }
  return node.Finish(BinaryParams{BinaryKind::kPRelu, {}}, {node.input(0), slope});
}

absl::Status ImportMod(NodeImport& node) {
  const bool as_in_c = node.Int("fmod", 0) != 0;
  return node.Finish(BinaryParams{as_in_c ? BinaryKind::kFmod : BinaryKind::kMod, {}},
                     node.inputs());
}

absl::Status ImportBitShift(NodeImport& node) {
  const std::string direction = node.String("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") {
    return absl::InvalidArgumentError(
        absl::StrFormat("direction is '%s', but must be 'LEFT' or 'RIGHT'", direction));
  }
  const bool left = direction == "LEFT";
  return node.Finish(BinaryParams{left ? BinaryKind::kShiftLeft : BinaryKind::kShiftRight, {}},
                     node.inputs());
}

// The result has the type of the base. A power of integers by a fraction is computed in FP32.
absl::Status ImportPow(NodeImport& node) {
  const DType base = TypeOf(node, 0);
  const DType exponent = TypeOf(node, 1);
  const bool in_float = base == DType::kFloat32 || exponent == DType::kFloat32;
  const DType inside = in_float ? DType::kFloat32 : base;
  ValueId a = node.input(0);
  CONVOY_ASSIGN_OR_RETURN(ValueId b, AlignOpset6(node));
  if (base != inside) {
    CONVOY_ASSIGN_OR_RETURN(a, node.Add(CastParams{inside}, {a}));
  }
  if (exponent != inside) {
    CONVOY_ASSIGN_OR_RETURN(b, node.Add(CastParams{inside}, {b}));
  }
  if (base != inside) {
    CONVOY_ASSIGN_OR_RETURN(const ValueId y, node.Add(BinaryParams{BinaryKind::kPow, {}}, {a, b}));
    return node.Finish(CastParams{base}, {y});
  }
  // What exporters write for variances and their roots.
  const auto number =
      node.constant(1) != nullptr ? node.ConstantScalar(1, 0) : absl::StatusOr<float>(0);
  if (in_float && number.ok() && *number == 2) {
    return node.Finish(BinaryParams{BinaryKind::kMul, {}}, {a, a});
  }
  if (in_float && number.ok() && *number == 0.5F) {
    return node.Finish(compute::UnaryParams{compute::UnaryKind::kSqrt}, {a});
  }
  return node.Finish(BinaryParams{BinaryKind::kPow, {}}, {a, b});
}

// Any number of tensors, one after the other.
absl::StatusOr<ValueId> AddChain(NodeImport& node, BinaryKind kind,
                                 std::span<const ValueId> values) {
  ValueId result = values[0];
  for (const ValueId value : values.subspan(1)) {
    CONVOY_ASSIGN_OR_RETURN(result, node.Add(BinaryParams{kind, {}}, {result, value}));
  }
  return result;
}

absl::Status ImportChain(NodeImport& node, BinaryKind kind) {
  const std::span<const ValueId> inputs(node.inputs());
  if (inputs.size() == 1) return node.Alias(inputs[0]);
  CONVOY_ASSIGN_OR_RETURN(const ValueId before,
                          AddChain(node, kind, inputs.first(inputs.size() - 1)));
  return node.Finish(BinaryParams{kind, {}}, {before, inputs.back()});
}

absl::Status ImportSum(NodeImport& node) { return ImportChain(node, BinaryKind::kAdd); }
absl::Status ImportMin(NodeImport& node) { return ImportChain(node, BinaryKind::kMin); }
absl::Status ImportMax(NodeImport& node) { return ImportChain(node, BinaryKind::kMax); }

absl::Status ImportMean(NodeImport& node) {
  const std::vector<ValueId>& inputs = node.inputs();
  if (inputs.size() == 1) return node.Alias(inputs[0]);
  CONVOY_ASSIGN_OR_RETURN(const ValueId sum, AddChain(node, BinaryKind::kAdd, inputs));
  const ValueId count = node.AddScalar(DType::kFloat32, static_cast<double>(inputs.size()));
  return node.Finish(BinaryParams{BinaryKind::kDiv, {}}, {sum, count});
}

absl::Status ImportWhere(NodeImport& node) {
  return node.Finish(compute::WhereParams{}, node.inputs());
}

constexpr std::array kOthers = {
    ImportRule{"PRelu", 2, 2, ImportPRelu},       ImportRule{"Mod", 2, 2, ImportMod},
    ImportRule{"BitShift", 2, 2, ImportBitShift}, ImportRule{"Pow", 2, 2, ImportPow},
    ImportRule{"Sum", 1, kAnyCount, ImportSum},   ImportRule{"Min", 1, kAnyCount, ImportMin},
    ImportRule{"Max", 1, kAnyCount, ImportMax},   ImportRule{"Mean", 1, kAnyCount, ImportMean},
    ImportRule{"Where", 3, 3, ImportWhere},
};

constexpr auto MakeRules() {
  std::array<ImportRule, kBinaryOps.size() + kOthers.size()> rules{};
  size_t at = 0;
  for (const BinaryOp& op : kBinaryOps) rules[at++] = {op.op_type, 2, 2, ImportBinary};
  for (const ImportRule& rule : kOthers) rules[at++] = rule;
  return rules;
}

}  // namespace

std::span<const ImportRule> ElementwiseRules() {
  static constexpr auto kRules = MakeRules();
  return kRules;
}

}  // namespace convoy::models
