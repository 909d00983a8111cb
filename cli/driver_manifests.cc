#include "cli/driver_manifests.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/small_file.h"
#include "compute/base/utf8.h"

namespace convoy::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// No machine has as many; a folder that has more is no folder of manifests.
constexpr size_t kMaxPlaces = 64;
constexpr size_t kMaxManifests = 64;
constexpr int kMaxFolderEntries = 4096;
constexpr size_t kMaxPathBytes = 4096;  // Linux's PATH_MAX
constexpr int kMaxNesting = 16;

constexpr char kManifestFolder[] = "vulkan/icd.d";

void Append(std::string_view list, std::string_view source, std::string_view below,
            std::vector<ManifestPlace>& places) {
  while (!list.empty() && places.size() < kMaxPlaces) {
    const size_t end = std::min(list.find(':'), list.size());
    const std::string_view path = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (path.empty() || path.size() > kMaxPathBytes) continue;
    places.push_back({.path = below.empty() ? std::string(path) : (fs::path(path) / below).string(),
                      .source = std::string(source)});
  }
}

// A base folder of the XDG specification: the variable's, else `fallback` below the home folder.
std::string HomeFolder(const ReadVariable& variable, const char* name, const char* fallback) {
  if (std::string folder = variable(name); !folder.empty()) return folder;
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + fallback;
}

std::string OrElse(std::string text, const char* fallback) {
  return text.empty() ? fallback : std::move(text);
}

bool NestsDeeply(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kMaxNesting) return true;
  }
  return false;
}

std::string StringOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A library_path with a slash that is not absolute counts from the manifest's folder.
std::string LibraryOf(const std::string& manifest, const std::string& library) {
  if (library.find('/') == std::string::npos || library.front() == '/') return library;
  return (fs::path(manifest).parent_path() / library).lexically_normal().string();
}

void Parse(const std::string& text, DriverManifest& manifest) {
  const json root = NestsDeeply(text) || !compute::IsUtf8(text)
                        ? json(json::value_t::discarded)
                        : json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded() || !root.is_object()) {
    manifest.problem = "it is no JSON object";
    return;
  }
  const auto driver = root.find("ICD");
  if (driver == root.end() || !driver->is_object()) {
    manifest.problem = "it has no object \"ICD\"";
    return;
  }
  const std::string library = StringOf(*driver, "library_path");
  manifest.api_version = StringOf(*driver, "api_version");
  if (library.empty() || library.size() > kMaxPathBytes) {
    manifest.problem =
        absl::StrFormat("its \"library_path\" has %d bytes, but must be a string of 1 to %d",
                        library.size(), kMaxPathBytes);
    return;
  }
  manifest.library = LibraryOf(manifest.path, library);
}

DriverManifest ReadManifest(const std::string& path, const std::string& source) {
  DriverManifest manifest{
      .path = path, .source = source, .library = "", .api_version = "", .problem = ""};
  const absl::StatusOr<std::string> text = compute::ReadSmallFile(path);
  if (text.ok()) {
    Parse(*text, manifest);
  } else {
    manifest.problem = std::string(text.status().message());
  }
  return manifest;
}

std::vector<std::string> ManifestsOf(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  int seen = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (++seen > kMaxFolderEntries) break;
    if (entry->path().extension() == ".json") paths.push_back(entry->path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

std::vector<ManifestPlace> ManifestPlaces(const ReadVariable& variable) {
  std::vector<ManifestPlace> places;
  for (const char* name : {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}) {
    if (const std::string files = variable(name); !files.empty()) {
      Append(files, name, "", places);
      return places;
    }
  }
  Append(variable("VK_ADD_DRIVER_FILES"), "VK_ADD_DRIVER_FILES", "", places);
  const std::string folders[] = {HomeFolder(variable, "XDG_CONFIG_HOME", "/.config"),
                                 OrElse(variable("XDG_CONFIG_DIRS"), "/etc/xdg"), "/etc",
                                 HomeFolder(variable, "XDG_DATA_HOME", "/.local/share"),
                                 OrElse(variable("XDG_DATA_DIRS"), "/usr/local/share:/usr/share")};
  for (const std::string& list : folders) Append(list, "", kManifestFolder, places);
  return places;
}

std::vector<DriverManifest> FindManifests(const std::vector<ManifestPlace>& places) {
  std::vector<DriverManifest> manifests;
  std::error_code error;
  for (const ManifestPlace& place : places) {
    std::vector<std::string> paths;
    if (fs::is_directory(place.path, error)) {
      paths = ManifestsOf(place.path);
    } else if (!place.source.empty()) {
      paths = {place.path};
    }
    for (const std::string& path : paths) {
      if (manifests.size() < kMaxManifests) manifests.push_back(ReadManifest(path, place.source));
    }
  }
  return manifests;
}

}  // namespace convoy::cli
