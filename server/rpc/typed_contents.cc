#include "server/rpc/typed_contents.h"

#include <cstdint>
#include <limits>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::DType;
using compute::Quote;
using inference::InferTensorContents;

// Elements in all fields together, so that one in a wrong field is noticed.
int64_t CountAll(const InferTensorContents& contents) {
  return int64_t{contents.bool_contents_size()} + contents.int_contents_size() +
         contents.int64_contents_size() + contents.uint_contents_size() +
         contents.uint64_contents_size() + contents.fp32_contents_size() +
         contents.fp64_contents_size() + contents.bytes_contents_size();
}

// T is the tensor's element type, Field a repeated field of at least its width.
template <typename T, typename Field>
absl::Status Copy(const Field& field, std::string_view name, std::span<T> out) {
  for (int i = 0; i < field.size(); ++i) {
    const auto value = field.Get(i);
    if constexpr (sizeof(value) > sizeof(T)) {
      if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
        return absl::InvalidArgumentError(
            absl::StrFormat("element %d of input %s is %d, which is outside of %d to %d", i,
                            Quote(name), int64_t{value}, int64_t{std::numeric_limits<T>::min()},
                            int64_t{std::numeric_limits<T>::max()}));
      }
    }
    out[static_cast<size_t>(i)] = static_cast<T>(value);
  }
  return absl::OkStatus();
}

absl::Status WrongField(std::string_view name, int64_t surplus, std::string_view datatype) {
  return absl::InvalidArgumentError(
      absl::StrFormat("unexpected explicit tensor data for input tensor %s: %d elements are in "
                      "fields that do not belong to datatype '%s'",
                      Quote(name), surplus, datatype));
}

}  // namespace

int64_t CountContents(const InferTensorContents& contents, DType dtype) {
  switch (dtype) {
    case DType::kBool:
      return contents.bool_contents_size();
    case DType::kInt8:
    case DType::kInt16:
    case DType::kInt32:
      return contents.int_contents_size();
    case DType::kUint8:
    case DType::kUint16:
    case DType::kUint32:
      return contents.uint_contents_size();
    case DType::kInt64:
      return contents.int64_contents_size();
    case DType::kUint64:
      return contents.uint64_contents_size();
    case DType::kFloat32:
      return contents.fp32_contents_size();
    case DType::kFloat64:
      return contents.fp64_contents_size();
    case DType::kFloat16:
      return 0;
  }
  return 0;
}

absl::Status FillFromContents(const InferTensorContents& contents, std::string_view name,
                              compute::MutableTensorView out) {
  const DType dtype = out.spec.dtype;
  const int64_t count = CountContents(contents, dtype);
  if (count != CountAll(contents)) {
    return WrongField(name, CountAll(contents) - count, compute::NameOf(dtype));
  }
  if (count != out.spec.elements()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %s has %d elements in its contents, but its shape %s has %d",
                        Quote(name), count, out.spec.shape.ToString(), out.spec.elements()));
  }
  switch (dtype) {
    case DType::kBool:
      return Copy(contents.bool_contents(), name, out.data<uint8_t>());
    case DType::kInt8:
      return Copy(contents.int_contents(), name, out.data<int8_t>());
    case DType::kInt16:
      return Copy(contents.int_contents(), name, out.data<int16_t>());
    case DType::kInt32:
      return Copy(contents.int_contents(), name, out.data<int32_t>());
    case DType::kUint8:
      return Copy(contents.uint_contents(), name, out.data<uint8_t>());
    case DType::kUint16:
      return Copy(contents.uint_contents(), name, out.data<uint16_t>());
    case DType::kUint32:
      return Copy(contents.uint_contents(), name, out.data<uint32_t>());
    case DType::kInt64:
      return Copy(contents.int64_contents(), name, out.data<int64_t>());
    case DType::kUint64:
      return Copy(contents.uint64_contents(), name, out.data<uint64_t>());
    case DType::kFloat32:
      return Copy(contents.fp32_contents(), name, out.data<float>());
    case DType::kFloat64:
      return Copy(contents.fp64_contents(), name, out.data<double>());
    case DType::kFloat16:
      break;
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "input %s is of datatype '%s', which has no typed contents: send it in raw_input_contents",
      Quote(name), compute::NameOf(dtype)));
}

absl::StatusOr<std::vector<std::span<const std::byte>>> ByteElements(
    const InferTensorContents& contents, std::string_view name, int64_t count) {
  const int64_t found = contents.bytes_contents_size();
  if (found != CountAll(contents)) return WrongField(name, CountAll(contents) - found, "BYTES");
  if (found != count) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %s has %d elements in its contents, but its shape has %d",
                        Quote(name), found, count));
  }
  std::vector<std::span<const std::byte>> elements;
  for (const std::string& element : contents.bytes_contents()) {
    elements.push_back(std::as_bytes(std::span(element.data(), element.size())));
  }
  return elements;
}

}  // namespace convoy::server
