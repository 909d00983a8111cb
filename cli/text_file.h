// Writes the files that commands are asked for: reports, traces, configs.
//
//   CONVOY_RETURN_IF_ERROR(WriteTextFile("report.json", text));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace convoy::cli {

// Over what the file holds; `path` may as well be a device or a pipe. UNAVAILABLE names the path
// and the system's reason.
absl::Status WriteTextFile(const std::string& path, std::string_view text);

// In place of the file, at once: whoever reads it meanwhile, as a server that polls its models
// does, sees the old text or the new one, whole. Its permissions stay; where the path is a link,
// what that leads to is replaced. Errors as above, and the file is as it was.
absl::Status ReplaceTextFile(const std::string& path, std::string_view text);

}  // namespace convoy::cli
