#include "models/onnx/external_data.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/numbers.h"
#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "models/onnx/printable.h"

namespace convoy::models {
namespace {

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
          "external data %s '%s' is not a number of bytes", entry.key(), Printable(entry.value())));
    }
  }
  if (keys.location.empty()) {
    return absl::InvalidArgumentError("external data names no location");
  }
  return keys;
}

// The canonical path of `location`, which must stay inside `directory`.
absl::StatusOr<fs::path> ResolveInside(const std::string& directory, const std::string& location) {
  const std::string shown = Printable(location);
  const fs::path relative(location);
  const bool climbs = std::find(relative.begin(), relative.end(), "..") != relative.end();
  if (relative.is_absolute() || climbs || location.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data location '%s' must be a relative path without '..'", shown));
  }
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  const fs::path file = error ? fs::path() : fs::canonical(root / relative, error);
  if (error) {
    return absl::NotFoundError(absl::StrFormat(
        "external data file '%s' cannot be found beside the model: %s", shown, error.message()));
  }
  const auto mismatch = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (mismatch.first != root.end()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data location '%s' leads outside the model's directory", shown));
  }
  return file;
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
  CONVOY_ASSIGN_OR_RETURN(const fs::path file, ResolveInside(directory, keys.location));
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data '%s' is not a file", Printable(keys.location)));
  }
  const int64_t size = static_cast<int64_t>(fs::file_size(file, error));
  const std::optional<int64_t> end = compute::CheckedAdd(keys.offset, bytes);
  if (error || !end.has_value() || *end > size) {
    return absl::InvalidArgumentError(
        absl::StrFormat("external data '%s' has %d bytes, but %d at offset %d are asked for",
                        Printable(keys.location), size, bytes, keys.offset));
  }
  return ExternalRange{file.string(), keys.offset, bytes};
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
