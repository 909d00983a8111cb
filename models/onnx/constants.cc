// Nodes whose result is known at import: Constant, ConstantOfShape, Shape, Size and Range; and
// Cast.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "compute/ops/elements.h"
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
    return node.FinishConstant(IntegerTensor({node.Int("value_int", 0)}, Shape{}));
  }
  if (node.Has("value_ints")) {
    return node.FinishConstant(IntegerTensor(node.Ints("value_ints")));
  }
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
  const auto dims = shape.dims().subspan(start, end - start);
  return node.FinishConstant(IntegerTensor({dims.begin(), dims.end()}));
}

absl::Status ImportSize(NodeImport& node) {
  return node.FinishConstant(IntegerTensor({node.shape(0).elements()}, Shape{}));
}

// What a double counts exactly.
constexpr double kMaxRangeBound = 9007199254740992;  // 2^53

// How many steps of `delta` lie in [start, limit); more than any tensor has where they are many.
template <typename T>
int64_t RangeLength(T start, T limit, T delta) {
  if (delta > 0 ? !(start < limit) : !(limit < start)) return 0;
  const double steps = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                                 static_cast<double>(delta));
  return static_cast<int64_t>(std::min(steps, static_cast<double>(compute::kMaxTensorElements)));
}

template <typename T>
absl::Status FinishRange(NodeImport& node, T start, T limit, T delta) {
  if (delta == 0 || limit != limit || start != start || delta != delta) {
    return absl::InvalidArgumentError("start, limit and delta must be numbers, and delta not 0");
  }
  const Shape shape{RangeLength(start, limit, delta)};
  const DType dtype = node.spec_of(node.input(0)).dtype;
  CONVOY_ASSIGN_OR_RETURN(HostTensor result, node.MakeConstant(TensorSpec{dtype, shape}));
  std::vector<T> values(static_cast<size_t>(shape[0]));
  for (size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<T>(i) * delta;
  compute::WriteElements(values, result.mutable_view());
  return node.FinishConstant(std::move(result));
}

absl::Status ImportRange(NodeImport& node) {
  if (node.spec_of(node.input(0)).dtype == DType::kFloat32) {
    std::array<float, 3> v{};
    for (int i = 0; i < 3; ++i) {
      CONVOY_ASSIGN_OR_RETURN(v[static_cast<size_t>(i)], node.ConstantScalar(i, 0));
    }
    return FinishRange<double>(node, v[0], v[1], v[2]);
  }
  std::array<int64_t, 3> v{};
  for (int i = 0; i < 3; ++i) {
    CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> values, node.ConstantInts(i));
    if (values.size() != 1 || std::abs(static_cast<double>(values[0])) > kMaxRangeBound) {
      return absl::InvalidArgumentError(
          absl::StrFormat("input %d has %d values where one of at most %g is asked for", i,
                          values.size(), kMaxRangeBound));
    }
    v[static_cast<size_t>(i)] = values[0];
  }
  return FinishRange<int64_t>(node, v[0], v[1], v[2]);
}

absl::Status CastTo(NodeImport& node, DType to) {
  // Inside a graph all floating point is FP32 (docs/decisions/0004).
  const DType inside = compute::IsFloat(to) ? DType::kFloat32 : to;
  if (inside == node.spec_of(node.input(0)).dtype) return node.Alias(node.input(0));
  return node.Finish(compute::CastParams{inside}, {node.input(0)});
}

absl::Status ImportCast(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const DType to, DTypeFromOnnx(static_cast<int>(node.Int("to", 0))));
  return CastTo(node, to);
}

absl::Status ImportCastLike(NodeImport& node) {
  return CastTo(node, node.spec_of(node.input(1)).dtype);
}

}  // namespace

std::span<const ImportRule> ConstantRules() {
  static constexpr std::array kRules = {
      ImportRule{"Constant", 0, 0, ImportConstant},
      ImportRule{"ConstantOfShape", 1, 1, ImportConstantOfShape},
      ImportRule{"Shape", 1, 1, ImportShape},
      ImportRule{"Size", 1, 1, ImportSize},
      ImportRule{"Range", 3, 3, ImportRange},
      ImportRule{"Cast", 1, 1, ImportCast},
      ImportRule{"CastLike", 2, 2, ImportCastLike},
  };
  return kRules;
}

}  // namespace convoy::models
