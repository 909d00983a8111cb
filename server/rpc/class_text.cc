#include "server/rpc/class_text.h"

#include <algorithm>

#include "compute/base/status.h"
#include "server/rpc/top_k.h"

namespace convoy::server {
namespace {

using compute::DType;

template <typename T>
std::vector<double> Widen(const compute::TensorView& tensor) {
  const std::span<const T> values = tensor.data<T>();
  return std::vector<double>(values.begin(), values.end());
}

// As the protocol's own server prints them: floats with six decimals, integers plain.
std::string ValueText(double value, DType dtype) {
  const bool real = dtype == DType::kFloat32 || dtype == DType::kFloat64;
  return real ? absl::StrFormat("%f", value) : absl::StrFormat("%.0f", value);
}

// An element of a BYTES tensor: its length in four little-endian bytes, then the text.
void AppendElement(const std::string& text, std::string& raw) {
  for (size_t shift = 0; shift < 32; shift += 8) {
    raw += static_cast<char>((text.size() >> shift) & 0xff);
  }
  raw += text;
}

}  // namespace

absl::Status CheckClassifiable(const models::TensorDeclaration& output) {
  if (output.dtype != DType::kBool && output.dtype != DType::kFloat16) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("class result not available for output '%s' due to unsupported type '%s'",
                      output.name, compute::NameOf(output.dtype)));
}

std::vector<double> ToDoubles(const compute::TensorView& tensor) {
  switch (tensor.spec.dtype) {
    case DType::kUint8:
      return Widen<uint8_t>(tensor);
    case DType::kUint16:
      return Widen<uint16_t>(tensor);
    case DType::kUint32:
      return Widen<uint32_t>(tensor);
    case DType::kUint64:
      return Widen<uint64_t>(tensor);
    case DType::kInt8:
      return Widen<int8_t>(tensor);
    case DType::kInt16:
      return Widen<int16_t>(tensor);
    case DType::kInt32:
      return Widen<int32_t>(tensor);
    case DType::kInt64:
      return Widen<int64_t>(tensor);
    case DType::kFloat32:
      return Widen<float>(tensor);
    case DType::kFloat64:
      return Widen<double>(tensor);
    case DType::kBool:
    case DType::kFloat16:
      break;
  }
  return {};
}

absl::Status EncodeClasses(const compute::TensorView& tensor, int64_t classes, bool batched,
                           std::span<const std::string> labels,
                           inference::ModelInferResponse::InferOutputTensor& encoded,
                           std::string& raw) {
  if (tensor.spec.elements() > kMaxClassElements) {
    return absl::InvalidArgumentError(
        absl::StrFormat("class result not available for an output of %d elements, the limit is %d",
                        tensor.spec.elements(), kMaxClassElements));
  }
  const int64_t rows = batched ? tensor.spec.shape[0] : 1;
  const std::vector<double> scores = ToDoubles(tensor);
  const size_t row_size = rows > 0 ? scores.size() / static_cast<size_t>(rows) : 0;
  encoded.set_datatype("BYTES");
  if (batched) encoded.add_shape(rows);
  encoded.add_shape(std::min(classes, static_cast<int64_t>(row_size)));
  for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
    const std::span<const double> values = std::span(scores).subspan(row * row_size, row_size);
    for (const ScoredClass& best : TopK(values, classes)) {
      const auto index = static_cast<size_t>(best.index);
      std::string text = absl::StrFormat("%s:%d", ValueText(best.score, tensor.spec.dtype), index);
      if (index < labels.size() && !labels[index].empty()) text += ":" + labels[index];
      AppendElement(text, raw);
    }
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
