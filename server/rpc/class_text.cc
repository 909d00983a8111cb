#include "server/rpc/class_text.h"

#include <algorithm>

#include "compute/base/status.h"
#include "compute/tensor/visit.h"
#include "server/rpc/top_k.h"

namespace convoy::server {
namespace {

using compute::DType;

// As the protocol's own server prints them: floats with six decimals, integers plain.
std::string ValueText(double value, DType dtype) {
  return compute::IsFloat(dtype) ? absl::StrFormat("%f", value) : absl::StrFormat("%.0f", value);
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
  if (output.dtype != DType::kBool) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("class result not available for output '%s' due to unsupported type '%s'",
                      output.name, compute::NameOf(output.dtype)));
}

std::vector<double> ToDoubles(const compute::TensorView& tensor) {
  return compute::VisitElements(tensor, []<typename T>(std::span<const T> values) {
    std::vector<double> numbers(values.size());
    std::transform(values.begin(), values.end(), numbers.begin(),
                   [](T value) { return static_cast<double>(value); });
    return numbers;
  });
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
