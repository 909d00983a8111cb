// The manifests by which the Vulkan loader finds drivers: small JSON files that name a library.
//
//   for (const DriverManifest& manifest : FindManifests(ManifestPlaces(getter))) ...
//
// The places and their order are those of the loader (Khronos, LoaderDriverInterface.md, "Driver
// Discovery on Linux"). What they hold is not trusted: sizes and numbers are capped, no folder is
// read below the one that is named. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace convoy::cli {

// A variable of the environment; empty where it is not set.
using ReadVariable = std::function<std::string(const char*)>;

struct ManifestPlace {
  std::string path;    // a folder of manifests, or one manifest
  std::string source;  // the variable that names it; empty for the loader's own folders
};

// Where the loader searches. VK_DRIVER_FILES, or its old name VK_ICD_FILENAMES, replaces its own
// folders and VK_ADD_DRIVER_FILES; VK_ADD_DRIVER_FILES comes before the folders.
std::vector<ManifestPlace> ManifestPlaces(const ReadVariable& variable);

struct DriverManifest {
  std::string path;
  std::string source;
  std::string library;      // what the loader opens: a path, or a name that ld.so searches
  std::string api_version;  // as the manifest says it
  std::string problem;      // why the loader cannot take it; empty where it can
};

// Every manifest of the places, each folder's by name. What a variable names and is not there has a
// problem; a folder of the loader's own that is not there has no manifest.
std::vector<DriverManifest> FindManifests(const std::vector<ManifestPlace>& places);

}  // namespace convoy::cli
