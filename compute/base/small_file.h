// Reads what an operator names in a setting: certificates, keys, tokens.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace convoy::compute {

// NOT_FOUND, PERMISSION_DENIED or INVALID_ARGUMENT (no regular file, more than a mebibyte) names
// the path.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace convoy::compute
