#include "cli/image_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "compute/base/status.h"
#include "models/image/image.h"

namespace convoy::cli {
namespace {

namespace fs = std::filesystem;

bool HasImageName(const fs::path& path) {
  const std::string extension = absl::AsciiStrToLower(path.extension().string());
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

absl::StatusOr<std::vector<std::string>> ImagesIn(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (HasImageName(it->path()) && it->is_regular_file(ignored)) {
      paths.push_back(it->path().string());
    }
  }
  if (error) {
    return absl::NotFoundError(
        absl::StrFormat("The directory '%s' cannot be read: %s.", directory, error.message()));
  }
  if (paths.empty()) {
    return absl::NotFoundError(
        absl::StrFormat("The directory '%s' holds no .png, .jpg or .jpeg file.", directory));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::StatusOr<std::string> ReadAll(std::istream& stream, const std::string& name) {
  std::string bytes;
  std::string block(size_t{1} << 16, '\0');
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) ||
         stream.gcount() > 0) {
    bytes.append(block, 0, static_cast<size_t>(stream.gcount()));
    if (static_cast<int64_t>(bytes.size()) > models::kMaxImageFileBytes) {
      return absl::ResourceExhaustedError(absl::StrFormat("The image '%s' has more than %d bytes.",
                                                          name, models::kMaxImageFileBytes));
    }
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ExpandImagePaths(const std::vector<std::string>& paths) {
  std::vector<std::string> expanded;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = path == "-" ? fs::file_status() : fs::status(path, error);
    if (path != "-" && !fs::exists(status)) {
      return absl::NotFoundError(absl::StrFormat("There is no file or directory '%s'.", path));
    }
    if (!fs::is_directory(status)) {
      expanded.push_back(path);
      continue;
    }
    CONVOY_ASSIGN_OR_RETURN(std::vector<std::string> images, ImagesIn(path));
    expanded.insert(expanded.end(), images.begin(), images.end());
  }
  return expanded;
}

absl::StatusOr<ImageFile> ReadImageFile(const std::string& path) {
  if (path == "-") {
    CONVOY_ASSIGN_OR_RETURN(std::string bytes, ReadAll(std::cin, path));
    return ImageFile{path, std::move(bytes)};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("The file '%s' cannot be opened.", path));
  CONVOY_ASSIGN_OR_RETURN(std::string bytes, ReadAll(file, path));
  return ImageFile{path, std::move(bytes)};
}

absl::StatusOr<std::vector<ImageFile>> ReadImageFiles(const std::vector<std::string>& paths) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<std::string> expanded, ExpandImagePaths(paths));
  std::vector<ImageFile> files;
  for (const std::string& path : expanded) {
    CONVOY_ASSIGN_OR_RETURN(ImageFile file, ReadImageFile(path));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace convoy::cli
