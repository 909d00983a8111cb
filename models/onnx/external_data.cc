#include "models/onnx/external_data.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/numbers.h"
#include "compute/base/checked.h"
#include "compute/base/inside_path.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

using compute::Quote;

namespace fs = std::filesystem;

struct Keys {
  std::string location;
  int64_t offset = 0;
  int64_t length = -1;  // -1: not given
};

absl::StatusOr<Keys> ReadKeys(const onnx::TensorProto& tensor) {
  Keys keys;
  for (const onnx::StringStringEntryProto& entry : tensor.external_data()) {
    int64_t* number = nullptr;
    if (entry.key() == "location") keys.location = entry.value();
    if (entry.key() == "offset") number = &keys.offset;
    if (entry.key() == "length") number = &keys.length;
    if (number != nullptr && (!absl::SimpleAtoi(entry.value(), number) || *number < 0)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "external data %s %s is not a number of bytes", entry.key(), Quote(entry.value())));
    }
  }
  if (keys.location.empty()) {
    return absl::InvalidArgumentError("external data names no location");
  }
  return keys;
}

}  // namespace

absl::StatusOr<ExternalRange> ResolveExternalData(const onnx::TensorProto& tensor,
                                                  const std::string& directory, int64_t bytes) {
  CONVOY_ASSIGN_OR_RETURN(const Keys keys, ReadKeys(tensor));
  if (directory.empty()) {
    return absl::InvalidArgumentError("external data cannot be used by a model without directory");
  }
  if (keys.length >= 0 && keys.length != bytes) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "external data has %d bytes where type and shape ask for %d", keys.length, bytes));
  }
  CONVOY_ASSIGN_OR_RETURN(const std::string file, compute::ResolveInside(directory, keys.location));
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data %s is not a file", Quote(keys.location)));
  }
  const int64_t size = static_cast<int64_t>(fs::file_size(file, error));
  const std::optional<int64_t> end = compute::CheckedAdd(keys.offset, bytes);
  if (error || !end.has_value() || *end > size) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data %s has %d bytes, but %d at offset %d are asked for",
                        Quote(keys.location), size, bytes, keys.offset));
  }
  return ExternalRange{file, keys.offset, bytes};
}

absl::Status ReadExternalData(const ExternalRange& range, std::span<std::byte> to) {
  std::ifstream stream(range.path, std::ios::binary);
  stream.seekg(range.offset);
  stream.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
  if (!stream) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data '%s' cannot be read", range.path));
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
