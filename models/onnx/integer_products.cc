// ConvInteger, MatMulInteger, QLinearConv and QLinearMatMul: sums of products of 8-bit integers, by
// the FP32 kernels and yet exact.
//
// FP32 holds every integer up to 2^24. A sum of K products of numbers up to 255 stays below for
// K <= 258. For longer sums the weights are written as digits of a smaller base,
//
//   w = d0 + base * d1 + base^2 * d2 + ...     with |d| <= base / 2,
//
// each digit has a convolution of its own, and the results are put together in INT32. Weights that
// are constants are split when the model is loaded.
#include <array>
#include <cstdint>
#include <functional>

#include "models/onnx/quantize.h"
#include "models/onnx/window_attributes.h"

namespace convoy::models {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::DType;
using compute::Shape;
using compute::UnaryKind;
using compute::UnaryParams;

constexpr int64_t kLargest = 255;  // of |x - zero_point| of 8-bit integers
constexpr int64_t kExact = int64_t{1} << 24;

struct Digits {
  int count;
  int64_t base;
  int64_t largest;  // of one digit
};
// As few as possible first. Each list reaches 255.
constexpr std::array kDigits = {Digits{1, 1, kLargest}, Digits{2, 32, 16}, Digits{3, 8, 4},
                                Digits{5, 4, 2}, Digits{9, 2, 1}};

absl::StatusOr<Digits> DigitsFor(int64_t terms) {
  for (const Digits& digits : kDigits) {
    if (terms <= kExact / kLargest / digits.largest) return digits;
  }
  return absl::UnimplementedError(
      absl::StrFormat("the sums have %d terms; up to %d are exact", terms, kExact / kLargest));
}

// 8-bit input `i` less its zero point, whose shape is that of input `zero_point` with `ones`
// dimensions of 1 behind it.
absl::StatusOr<ValueId> ReadCentred(NodeImport& node, int i, int zero_point, int ones) {
  const DType dtype = node.spec_of(node.input(i)).dtype;
  if (dtype != DType::kInt8 && dtype != DType::kUint8) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %d is %s, but must be INT8 or UINT8", i, NameOf(dtype)));
  }
  if (!node.has_input(zero_point)) return Centred(node, node.input(i), kNoValue);
  CONVOY_ASSIGN_OR_RETURN(const ValueId zero, WithOnes(node, zero_point, ones));
  return Centred(node, node.input(i), zero);
}

using Product = std::function<absl::StatusOr<ValueId>(ValueId weights)>;

// product(weights) in INT32, where each sum has `terms` terms.
absl::StatusOr<ValueId> ExactProduct(NodeImport& node, ValueId weights, int64_t terms,
                                     const Product& product) {
  CONVOY_ASSIGN_OR_RETURN(const Digits digits, DigitsFor(terms));
  std::vector<ValueId> parts;  // the lowest digit first
  ValueId rest = weights;
  const ValueId base = node.AddScalar(DType::kFloat32, static_cast<double>(digits.base));
  for (int i = 1; i < digits.count; ++i) {
    CONVOY_ASSIGN_OR_RETURN(ValueId higher,
                            node.Add(BinaryParams{BinaryKind::kDiv, {}}, {rest, base}));
    CONVOY_ASSIGN_OR_RETURN(higher, node.Add(UnaryParams{UnaryKind::kRound}, {higher}));
    CONVOY_ASSIGN_OR_RETURN(const ValueId taken,
                            node.Add(BinaryParams{BinaryKind::kMul, {}}, {higher, base}));
    CONVOY_ASSIGN_OR_RETURN(const ValueId digit,
                            node.Add(BinaryParams{BinaryKind::kSub, {}}, {rest, taken}));
    parts.push_back(digit);
    rest = higher;
  }
  CONVOY_ASSIGN_OR_RETURN(ValueId sum, product(rest));
  CONVOY_ASSIGN_OR_RETURN(sum, CastTo(node, sum, DType::kInt32));
  const ValueId factor = node.AddScalar(DType::kInt32, static_cast<double>(digits.base));
  for (size_t i = parts.size(); i-- > 0;) {
    CONVOY_ASSIGN_OR_RETURN(ValueId lower, product(parts[i]));
    CONVOY_ASSIGN_OR_RETURN(lower, CastTo(node, lower, DType::kInt32));
    CONVOY_ASSIGN_OR_RETURN(sum, node.Add(BinaryParams{BinaryKind::kMul, {}}, {sum, factor}));
    CONVOY_ASSIGN_OR_RETURN(sum, node.Add(BinaryParams{BinaryKind::kAdd, {}}, {sum, lower}));
  }
  return sum;
}

// Where the node has its operands.
struct Places {
  int a, a_zero_point;
  int b, b_zero_point;
};
constexpr Places kInteger{0, 2, 1, 3};
constexpr Places kLinear{0, 2, 3, 5};

absl::StatusOr<ValueId> AddConv(NodeImport& node, const Places& at) {
  CONVOY_ASSIGN_OR_RETURN(const compute::ConvParams params, ReadConv(node, at.a, at.b));
  const Shape w = node.shape(at.b);
  CONVOY_ASSIGN_OR_RETURN(const ValueId x, ReadCentred(node, at.a, at.a_zero_point, 0));
  CONVOY_ASSIGN_OR_RETURN(const ValueId weights,
                          ReadCentred(node, at.b, at.b_zero_point, w.rank() - 1));
  const int64_t terms = w.rank() == 0 ? 1 : w.elements() / w[0];
  return ExactProduct(node, weights, terms, [&](ValueId digit) {
    return node.Add(params, {x, digit});
  });
}

absl::StatusOr<ValueId> AddMatMul(NodeImport& node, const Places& at) {
  const Shape a_shape = node.shape(at.a);
  CONVOY_ASSIGN_OR_RETURN(const ValueId a, ReadCentred(node, at.a, at.a_zero_point, 1));
  CONVOY_ASSIGN_OR_RETURN(const ValueId b, ReadCentred(node, at.b, at.b_zero_point, 0));
  const int64_t terms = a_shape.rank() == 0 ? 1 : a_shape[a_shape.rank() - 1];
  return ExactProduct(node, b, terms, [&](ValueId digit) {
    return node.Add(compute::MatMulParams{}, {a, digit});
  });
}

// The quantised result: sum * (a_scale * b_scale / y_scale), rounded, around the zero point of y.
absl::Status FinishLinear(NodeImport& node, ValueId sum, int a_ones, int b_ones) {
  CONVOY_ASSIGN_OR_RETURN(const ValueId a_scale, WithOnes(node, 1, a_ones));
  CONVOY_ASSIGN_OR_RETURN(const ValueId b_scale, WithOnes(node, 4, b_ones));
  CONVOY_ASSIGN_OR_RETURN(const ValueId y_scale, WithOnes(node, 6, a_ones));
  CONVOY_ASSIGN_OR_RETURN(ValueId scale,
                          node.Add(BinaryParams{BinaryKind::kMul, {}}, {a_scale, b_scale}));
  CONVOY_ASSIGN_OR_RETURN(scale, node.Add(BinaryParams{BinaryKind::kDiv, {}}, {scale, y_scale}));
  CONVOY_ASSIGN_OR_RETURN(ValueId y, CastTo(node, sum, DType::kFloat32));
  CONVOY_ASSIGN_OR_RETURN(y, node.Add(BinaryParams{BinaryKind::kMul, {}}, {y, scale}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId zero_point, WithOnes(node, 7, a_ones));
  CONVOY_ASSIGN_OR_RETURN(y, Saturated(node, y, zero_point, node.spec_of(node.input(7)).dtype));
  return node.Alias(y);
}

absl::Status ImportConvInteger(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const ValueId y, AddConv(node, kInteger));
  return node.Alias(y);
}

absl::Status ImportMatMulInteger(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const ValueId y, AddMatMul(node, kInteger));
  return node.Alias(y);
}

absl::Status ImportQLinearConv(NodeImport& node) {
  const int spatial = node.shape(0).rank() - 2;
  CONVOY_ASSIGN_OR_RETURN(ValueId sum, AddConv(node, kLinear));
  if (node.has_input(8)) {
    CONVOY_ASSIGN_OR_RETURN(const ValueId bias, WithOnes(node, 8, spatial));
    CONVOY_ASSIGN_OR_RETURN(sum, node.Add(BinaryParams{BinaryKind::kAdd, {}}, {sum, bias}));
  }
  return FinishLinear(node, sum, 0, spatial);
}

absl::Status ImportQLinearMatMul(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const ValueId sum, AddMatMul(node, kLinear));
  return FinishLinear(node, sum, 1, 0);
}

}  // namespace

std::span<const ImportRule> IntegerProductRules() {
  static constexpr std::array kRules = {
      ImportRule{"ConvInteger", 2, 4, ImportConvInteger},
      ImportRule{"MatMulInteger", 2, 4, ImportMatMulInteger},
      ImportRule{"QLinearConv", 8, 9, ImportQLinearConv},
      ImportRule{"QLinearMatMul", 8, 8, ImportQLinearMatMul},
  };
  return kRules;
}

}  // namespace convoy::models
