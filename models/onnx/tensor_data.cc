#include "models/onnx/tensor_data.h"

#include <cstring>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "models/onnx/external_data.h"
#include "models/onnx/onnx_model.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::HostTensor;
using compute::Shape;
using compute::TensorSpec;

absl::Status CountMismatch(const TensorSpec& spec, int64_t given, const char* unit) {
  return absl::InvalidArgumentError(
      absl::StrFormat("the tensor is %s but holds %d %s", spec.ToString(), given, unit));
}

absl::StatusOr<TensorSpec> SpecOf(const onnx::TensorProto& tensor) {
  CONVOY_ASSIGN_OR_RETURN(const DType dtype, DTypeFromOnnx(tensor.data_type()));
  if (tensor.dims_size() > kMaxOnnxRank) {
    return absl::UnimplementedError(
        absl::StrFormat("the tensor has %d dimensions; at most %d are supported",
                        tensor.dims_size(), kMaxOnnxRank));
  }
  const std::span<const int64_t> dims(tensor.dims().data(),
                                      static_cast<size_t>(tensor.dims_size()));
  const std::optional<int64_t> elements = compute::CheckedProduct(dims);
  if (!elements.has_value() || *elements > compute::kMaxTensorElements) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the tensor's dimensions are negative or make more than %d elements",
                        compute::kMaxTensorElements));
  }
  return TensorSpec{dtype, Shape(dims)};
}

// Elements of a typed list of the message, narrowed to the tensor's type.
template <typename T, typename Field>
absl::StatusOr<HostTensor> FromList(const TensorSpec& spec, const Field& field) {
  if (field.size() != spec.elements()) return CountMismatch(spec, field.size(), "elements");
  HostTensor result(spec);
  const std::span<T> to = result.mutable_data<T>();
  for (int i = 0; i < field.size(); ++i) to[static_cast<size_t>(i)] = static_cast<T>(field[i]);
  return result;
}

bool HasTypedList(const onnx::TensorProto& tensor) {
  return tensor.float_data_size() > 0 || tensor.double_data_size() > 0 ||
         tensor.int32_data_size() > 0 || tensor.int64_data_size() > 0 ||
         tensor.uint64_data_size() > 0 || tensor.string_data_size() > 0;
}

absl::StatusOr<HostTensor> FromTypedList(const onnx::TensorProto& tensor, const TensorSpec& spec) {
  switch (spec.dtype) {
    case DType::kFloat32:
      return FromList<float>(spec, tensor.float_data());
    case DType::kFloat64:
      return FromList<double>(spec, tensor.double_data());
    case DType::kInt64:
      return FromList<int64_t>(spec, tensor.int64_data());
    case DType::kUint64:
      return FromList<uint64_t>(spec, tensor.uint64_data());
    case DType::kUint32:
      return FromList<uint32_t>(spec, tensor.uint64_data());
    case DType::kInt32:
      return FromList<int32_t>(spec, tensor.int32_data());
    case DType::kInt16:
      return FromList<int16_t>(spec, tensor.int32_data());
    case DType::kUint16:
    case DType::kFloat16:  // the bits, not the value
      return FromList<uint16_t>(spec, tensor.int32_data());
    case DType::kInt8:
      return FromList<int8_t>(spec, tensor.int32_data());
    case DType::kUint8:
    case DType::kBool:
      return FromList<uint8_t>(spec, tensor.int32_data());
  }
  return absl::InternalError("the element type has no typed list");
}

}  // namespace

absl::StatusOr<DType> DTypeFromOnnx(int type) {
  switch (type) {
    case onnx::TensorProto::FLOAT:
      return DType::kFloat32;
    case onnx::TensorProto::DOUBLE:
      return DType::kFloat64;
    case onnx::TensorProto::FLOAT16:
      return DType::kFloat16;
    case onnx::TensorProto::INT64:
      return DType::kInt64;
    case onnx::TensorProto::INT32:
      return DType::kInt32;
    case onnx::TensorProto::INT16:
      return DType::kInt16;
    case onnx::TensorProto::INT8:
      return DType::kInt8;
    case onnx::TensorProto::UINT64:
      return DType::kUint64;
    case onnx::TensorProto::UINT32:
      return DType::kUint32;
    case onnx::TensorProto::UINT16:
      return DType::kUint16;
    case onnx::TensorProto::UINT8:
      return DType::kUint8;
    case onnx::TensorProto::BOOL:
      return DType::kBool;
    default:
      return absl::UnimplementedError(
          absl::StrFormat("ONNX element type %d is not supported", type));
  }
}

absl::StatusOr<HostTensor> DecodeTensor(const onnx::TensorProto& tensor,
                                        const std::string& directory) {
  CONVOY_ASSIGN_OR_RETURN(const TensorSpec spec, SpecOf(tensor));
  if (tensor.has_segment()) return absl::UnimplementedError("the tensor is stored in segments");
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    CONVOY_ASSIGN_OR_RETURN(const ExternalRange range,
                            ResolveExternalData(tensor, directory, spec.bytes()));
    HostTensor result(spec);
    CONVOY_RETURN_IF_ERROR(ReadExternalData(range, result.bytes()));
    return result;
  }
  if (!tensor.has_raw_data()) return FromTypedList(tensor, spec);
  if (HasTypedList(tensor)) {
    return absl::InvalidArgumentError("the tensor holds both raw data and a typed list");
  }
  const std::string& raw = tensor.raw_data();
  if (static_cast<int64_t>(raw.size()) != spec.bytes()) {
    return CountMismatch(spec, static_cast<int64_t>(raw.size()), "bytes");
  }
  HostTensor result(spec);
  if (!raw.empty()) std::memcpy(result.bytes().data(), raw.data(), raw.size());
  return result;
}

absl::StatusOr<HostTensor> DecodeConstant(const onnx::TensorProto& tensor,
                                          const std::string& directory) {
  CONVOY_ASSIGN_OR_RETURN(HostTensor decoded, DecodeTensor(tensor, directory));
  const DType dtype = decoded.spec().dtype;
  if (!compute::IsFloat(dtype) || dtype == DType::kFloat32) return decoded;
  HostTensor widened(TensorSpec{DType::kFloat32, decoded.spec().shape});
  const compute::TensorView from = decoded.view();
  const compute::MutableTensorView to = widened.mutable_view();
  RunReference(compute::CastParams{DType::kFloat32}, {&from, 1}, {&to, 1});
  return widened;
}

}  // namespace convoy::models
