// The image files that a command names: files, directories of files, or "-" for standard input.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::cli {

struct ImageFile {
  std::string path;  // as the user would type it; "-" for standard input
  std::string bytes;
};

// `paths` with each directory replaced by its *.png, *.jpg and *.jpeg files (any case), sorted.
// NOT_FOUND for a path that does not exist, or a directory without any such file.
absl::StatusOr<std::vector<std::string>> ExpandImagePaths(const std::vector<std::string>& paths);

// The whole file, undecoded. RESOURCE_EXHAUSTED beyond the size that the server takes.
absl::StatusOr<ImageFile> ReadImageFile(const std::string& path);

absl::StatusOr<std::vector<ImageFile>> ReadImageFiles(const std::vector<std::string>& paths);

}  // namespace convoy::cli
