// QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear, composed of arithmetic and Cast.
#include "models/onnx/quantize.h"

#include <algorithm>
#include <array>

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::CastParams;
using compute::DType;
using compute::Shape;
using compute::UnaryKind;
using compute::UnaryParams;

bool IsQuantized(DType dtype) {
  return dtype == DType::kInt8 || dtype == DType::kUint8 || dtype == DType::kInt16 ||
         dtype == DType::kUint16;
}

// Scale or zero point `i` in a shape that stretches over x: one number, or one for each index of
// the attribute `axis`.
absl::StatusOr<ValueId> ReadStretched(NodeImport& node, int i) {
  const Shape x = node.shape(0);
  const Shape given = node.shape(i);
  if (given.elements() == 1) return WithOnes(node, i, 0);
  if (node.Int("block_size", 0) != 0 || given.rank() != 1) {
    return absl::UnimplementedError(
        absl::StrFormat("input %d has shape %s and block_size is %d; supported are one number and "
                        "one number for each index of an axis, not blocks",
                        i, given.ToString(), node.Int("block_size", 0)));
  }
  CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(node.Int("axis", 1), x.rank()));
  if (given[0] != x[axis]) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "input %d has %d numbers, but axis %d has an extent of %d", i, given[0], axis, x[axis]));
  }
  return WithOnes(node, i, x.rank() - 1 - axis);
}

absl::StatusOr<DType> QuantizedType(NodeImport& node) {
  if (node.has_input(2)) return node.spec_of(node.input(2)).dtype;
  const int64_t given = node.Int("output_dtype", 0);
  if (given == 0) return DType::kUint8;
  return DTypeFromOnnx(static_cast<int>(given));
}

absl::Status ImportQuantizeLinear(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const DType to, QuantizedType(node));
  if (!IsQuantized(to)) {
    return absl::UnimplementedError(absl::StrFormat(
        "the result would be %s; supported are INT8, UINT8, INT16 and UINT16", NameOf(to)));
  }
  CONVOY_ASSIGN_OR_RETURN(const ValueId x, CastTo(node, node.input(0), DType::kFloat32));
  CONVOY_ASSIGN_OR_RETURN(const ValueId scale, ReadStretched(node, 1));
  CONVOY_ASSIGN_OR_RETURN(const ValueId scaled,
                          node.Add(BinaryParams{BinaryKind::kDiv, {}}, {x, scale}));
  ValueId zero_point = kNoValue;
  if (node.has_input(2)) {
    CONVOY_ASSIGN_OR_RETURN(zero_point, ReadStretched(node, 2));
  }
  CONVOY_ASSIGN_OR_RETURN(const ValueId y, Saturated(node, scaled, zero_point, to));
  return node.Alias(y);
}

absl::Status ImportDequantizeLinear(NodeImport& node) {
  const DType from = node.spec_of(node.input(0)).dtype;
  if (!IsQuantized(from) && from != DType::kInt32) {
    return absl::UnimplementedError(absl::StrFormat(
        "input 0 is %s; supported are INT8, UINT8, INT16, UINT16 and INT32", NameOf(from)));
  }
  ValueId zero_point = kNoValue;
  if (node.has_input(2)) {
    CONVOY_ASSIGN_OR_RETURN(zero_point, ReadStretched(node, 2));
  }
  CONVOY_ASSIGN_OR_RETURN(const ValueId x, Centred(node, node.input(0), zero_point));
  CONVOY_ASSIGN_OR_RETURN(const ValueId scale, ReadStretched(node, 1));
  return node.Finish(BinaryParams{BinaryKind::kMul, {}}, {x, scale});
}

// The largest value of x and 0, as a number.
absl::StatusOr<ValueId> LargestOrZero(NodeImport& node, ValueId x) {
  const Shape row{1, 1, node.spec_of(x).shape.elements()};
  CONVOY_ASSIGN_OR_RETURN(const ValueId flat, Reshaped(node, x, row));
  CONVOY_ASSIGN_OR_RETURN(const ValueId largest,
                          node.Add(compute::GlobalPoolParams{compute::PoolKind::kMax}, {flat}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId number, Reshaped(node, largest, {}));
  return node.Add(ActivationParams{ActivationKind::kRelu}, {number});
}

// UINT8 over the range of x widened to hold 0: scale = (high - low) / 255 and zero_point =
// round(-low / scale).
absl::Status ImportDynamicQuantizeLinear(NodeImport& node) {
  const ValueId x = node.input(0);
  CONVOY_ASSIGN_OR_RETURN(const ValueId high, LargestOrZero(node, x));
  CONVOY_ASSIGN_OR_RETURN(const ValueId turned, node.Add(UnaryParams{UnaryKind::kNeg}, {x}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId minus_low, LargestOrZero(node, turned));
  CONVOY_ASSIGN_OR_RETURN(const ValueId range,
                          node.Add(BinaryParams{BinaryKind::kAdd, {}}, {high, minus_low}));
  CONVOY_ASSIGN_OR_RETURN(
      const ValueId scale,
      node.Add(BinaryParams{BinaryKind::kDiv, {}}, {range, node.AddScalar(DType::kFloat32, 255)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId offset,
                          node.Add(BinaryParams{BinaryKind::kDiv, {}}, {minus_low, scale}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId zero_point,
                          Saturated(node, offset, kNoValue, DType::kUint8));
  CONVOY_ASSIGN_OR_RETURN(const ValueId scaled,
                          node.Add(BinaryParams{BinaryKind::kDiv, {}}, {x, scale}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId y, Saturated(node, scaled, zero_point, DType::kUint8));
  return node.FinishValues({y, scale, zero_point});
}

bool IsZero(const NodeImport& node, ValueId value) {
  if (value == kNoValue) return true;
  const compute::HostTensor* constant = node.constant_of(value);
  if (constant == nullptr) return false;
  const std::span<const std::byte> bytes = constant->bytes();
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

absl::StatusOr<ValueId> CastTo(NodeImport& node, ValueId value, DType to) {
  if (node.spec_of(value).dtype == to) return value;
  return node.Add(CastParams{to}, {value});
}

absl::StatusOr<ValueId> Reshaped(NodeImport& node, ValueId value, const Shape& shape) {
  if (node.spec_of(value).shape == shape) return value;
  return node.Add(compute::ReshapeParams{shape}, {value});
}

absl::StatusOr<ValueId> WithOnes(NodeImport& node, int i, int ones) {
  Shape shape = node.shape(i);
  if (shape.elements() == 1) return Reshaped(node, node.input(i), {});
  if (shape.rank() == 1) {
    for (int k = 0; k < ones; ++k) shape.Append(1);
  }
  return Reshaped(node, node.input(i), shape);
}

absl::StatusOr<ValueId> Centred(NodeImport& node, ValueId value, ValueId zero_point) {
  if (IsZero(node, zero_point)) return CastTo(node, value, DType::kFloat32);
  // The difference of two INT32 may have more digits than FP32 holds; narrower ones have not.
  const bool is_wide = node.spec_of(value).dtype == DType::kInt32;
  const DType inside = is_wide ? DType::kInt32 : DType::kFloat32;
  CONVOY_ASSIGN_OR_RETURN(const ValueId a, CastTo(node, value, inside));
  CONVOY_ASSIGN_OR_RETURN(const ValueId b, CastTo(node, zero_point, inside));
  CONVOY_ASSIGN_OR_RETURN(const ValueId centred,
                          node.Add(BinaryParams{BinaryKind::kSub, {}}, {a, b}));
  return CastTo(node, centred, DType::kFloat32);
}

absl::StatusOr<ValueId> Saturated(NodeImport& node, ValueId value, ValueId zero_point, DType to) {
  CONVOY_ASSIGN_OR_RETURN(ValueId whole, node.Add(UnaryParams{UnaryKind::kRound}, {value}));
  if (!IsZero(node, zero_point)) {
    CONVOY_ASSIGN_OR_RETURN(const ValueId offset, CastTo(node, zero_point, DType::kFloat32));
    CONVOY_ASSIGN_OR_RETURN(whole, node.Add(BinaryParams{BinaryKind::kAdd, {}}, {whole, offset}));
  }
  return node.Add(CastParams{to}, {whole});
}

std::span<const ImportRule> QuantizeRules() {
  static constexpr std::array kRules = {
      ImportRule{"QuantizeLinear", 2, 3, ImportQuantizeLinear},
      ImportRule{"DequantizeLinear", 2, 3, ImportDequantizeLinear},
      ImportRule{"DynamicQuantizeLinear", 1, 1, ImportDynamicQuantizeLinear},
  };
  return kRules;
}

}  // namespace convoy::models
