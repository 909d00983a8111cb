// Nodes whose result is known at import: Constant, ConstantOfShape, Shape, and Gather and Cast in
// shape arithmetic.
#include <algorithm>
#include <array>
#include <cstring>

#include "models/onnx/integers.h"
#include "models/onnx/node_import.h"
#include "models/onnx/onnx_model.h"
#include "models/onnx/tensor_data.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::HostTensor;
using compute::Shape;
using compute::TensorSpec;

// The attribute "value" is taken by the parser already.
absl::Status ImportConstant(NodeImport& node) {
  if (node.Has("value_int")) {
    return FinishIntegers(node, std::array{node.Int("value_int", 0)}, true);
  }
  if (node.Has("value_ints")) return FinishIntegers(node, node.Ints("value_ints"), false);
  if (node.Has("value_float")) {
    const std::array value{node.Float("value_float", 0)};
    return node.FinishConstant(HostTensor::FromFloats({}, value));
  }
  if (node.Has("value_floats")) {
    const std::vector<float> values = node.Floats("value_floats");
    return node.FinishConstant(
        HostTensor::FromFloats({static_cast<int64_t>(values.size())}, values));
  }
  return absl::UnimplementedError("only tensors, integers and floats are supported as constants");
}

absl::Status ImportConstantOfShape(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> dims, node.ConstantInts(0));
  if (dims.size() > static_cast<size_t>(kMaxOnnxRank)) {
    return absl::UnimplementedError(absl::StrFormat(
        "the shape has %d dimensions; at most %d are supported", dims.size(), kMaxOnnxRank));
  }
  HostTensor fill(TensorSpec{DType::kFloat32, Shape{1}});
  if (const onnx::TensorProto* value = node.Tensor("value"); value != nullptr) {
    CONVOY_ASSIGN_OR_RETURN(fill, DecodeConstant(*value, ""));
  }
  if (fill.spec().elements() != 1) {
    return absl::InvalidArgumentError("attribute 'value' must have one element");
  }
  CONVOY_ASSIGN_OR_RETURN(HostTensor result,
                          node.MakeConstant(TensorSpec{fill.spec().dtype, Shape(dims)}));
  const size_t step = fill.bytes().size();
  for (size_t at = 0; at + step <= result.bytes().size(); at += step) {
    std::memcpy(result.bytes().data() + at, fill.bytes().data(), step);
  }
  return node.FinishConstant(std::move(result));
}

absl::Status ImportShape(NodeImport& node) {
  const Shape shape = node.shape(0);
  const int64_t rank = shape.rank();
  const auto clamp = [rank](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = clamp(node.Int("start", 0));
  const int64_t end = std::max(start, clamp(node.Int("end", rank)));
  return FinishIntegers(node, shape.dims().subspan(start, end - start), false);
}

absl::Status ImportGather(NodeImport& node) {
  const auto data = IntegersOf(node, 0);
  const auto indices = IntegersOf(node, 1);
  if (!data.has_value() || !indices.has_value() || node.shape(0).rank() != 1) {
    return absl::UnimplementedError("operator 'Gather' is supported in shape arithmetic only");
  }
  std::vector<int64_t> result;
  for (const int64_t index : *indices) {
    CONVOY_ASSIGN_OR_RETURN(const int at, ResolveAxis(index, static_cast<int>(data->size())));
    result.push_back((*data)[static_cast<size_t>(at)]);
  }
  return FinishIntegers(node, result, node.shape(1).rank() == 0);
}

absl::Status ImportCast(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const DType to, DTypeFromOnnx(static_cast<int>(node.Int("to", 0))));
  // Inside a graph all floating point is FP32 (docs/decisions/0004).
  const DType inside = compute::IsFloat(to) ? DType::kFloat32 : to;
  if (inside == node.spec_of(node.input(0)).dtype) return node.Alias(node.input(0));
  return node.Finish(compute::CastParams{inside}, {node.input(0)});
}

}  // namespace

std::span<const ImportRule> ConstantRules() {
  static constexpr std::array kRules = {
      ImportRule{"Constant", 0, 0, ImportConstant},
      ImportRule{"ConstantOfShape", 1, 1, ImportConstantOfShape},
      ImportRule{"Shape", 1, 1, ImportShape},
      ImportRule{"Gather", 2, 2, ImportGather},
      ImportRule{"Cast", 1, 1, ImportCast},
  };
  return kRules;
}

}  // namespace convoy::models
