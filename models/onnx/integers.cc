#include "models/onnx/integers.h"

#include <algorithm>
#include <array>

#include "compute/base/checked.h"

namespace convoy::models {
namespace {

using compute::BinaryKind;
using compute::DType;

std::optional<int64_t> Apply(BinaryKind kind, int64_t a, int64_t b) {
  switch (kind) {
    case BinaryKind::kAdd:
      return compute::CheckedAdd(a, b);
    case BinaryKind::kSub: {
      int64_t difference = 0;
      if (__builtin_sub_overflow(a, b, &difference)) return std::nullopt;
      return difference;
    }
    case BinaryKind::kMul:
      return compute::CheckedMultiply(a, b);
    case BinaryKind::kDiv:
      if (b == 0 || b == -1) return b == 0 ? std::nullopt : compute::CheckedMultiply(a, -1);
      return a / b;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<int64_t>> IntegersOf(const NodeImport& node, int i) {
  const compute::HostTensor* tensor = node.constant(i);
  if (tensor == nullptr) return std::nullopt;
  const DType dtype = tensor->spec().dtype;
  if (dtype != DType::kInt64 && dtype != DType::kInt32) return std::nullopt;
  auto values = node.ConstantInts(i);
  if (!values.ok()) return std::nullopt;
  return *std::move(values);
}

absl::Status FinishIntegers(NodeImport& node, std::span<const int64_t> values, bool scalar) {
  const std::array<int64_t, 1> dims{static_cast<int64_t>(values.size())};
  const std::span<const int64_t> all(dims);
  const compute::Shape shape(all.first(scalar ? 0 : 1));
  compute::HostTensor tensor(compute::TensorSpec{DType::kInt64, shape});
  std::copy(values.begin(), values.end(), tensor.mutable_data<int64_t>().begin());
  return node.FinishConstant(std::move(tensor));
}

bool FoldIntegers(NodeImport& node, BinaryKind kind) {
  const auto a = IntegersOf(node, 0);
  const auto b = IntegersOf(node, 1);
  if (!a.has_value() || !b.has_value() || a->empty() || b->empty()) return false;
  const size_t count = std::max(a->size(), b->size());
  if ((a->size() != count && a->size() != 1) || (b->size() != count && b->size() != 1))
    return false;
  std::vector<int64_t> result;
  for (size_t i = 0; i < count; ++i) {
    const auto value = Apply(kind, (*a)[a->size() == 1 ? 0 : i], (*b)[b->size() == 1 ? 0 : i]);
    if (!value.has_value()) return false;
    result.push_back(*value);
  }
  const bool scalar = node.shape(0).rank() == 0 && node.shape(1).rank() == 0;
  return FinishIntegers(node, result, scalar).ok();
}

}  // namespace convoy::models
