#include "models/onnx/integers.h"

#include <algorithm>
#include <array>

namespace convoy::models {

using compute::DType;

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

}  // namespace convoy::models
