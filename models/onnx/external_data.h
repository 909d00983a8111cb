// Weights that an ONNX file keeps in other files beside it (TensorProto.external_data).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "onnx/onnx.pb.h"

namespace convoy::models {

// A range of a file that lies inside the model's directory.
struct ExternalRange {
  std::string path;  // canonical
  int64_t offset = 0;
  int64_t bytes = 0;
};

// INVALID_ARGUMENT for a location that is absolute, climbs ("..") or leads outside by a symbolic
// link, or a range that is not `bytes` long or passes the end of the file; NOT_FOUND when the file
// is missing. Nothing is allocated before all of this holds.
absl::StatusOr<ExternalRange> ResolveExternalData(const onnx::TensorProto& tensor,
                                                  const std::string& directory, int64_t bytes);

absl::Status ReadExternalData(const ExternalRange& range, std::span<std::byte> to);

}  // namespace convoy::models
