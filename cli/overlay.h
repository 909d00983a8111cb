// A picture with the classes of its pixels laid over it: `convoy classify --overlay`. Pure but for
// WriteOverlay.
//
//   CONVOY_ASSIGN_OR_RETURN(const std::vector<std::string> paths, OverlayPaths("out", files));
//   CONVOY_RETURN_IF_ERROR(WriteOverlay(paths[0], files[0], *answer.images[0].class_map));
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/image_files.h"
#include "client/client.h"
#include "models/image/image.h"

namespace convoy::cli {

// `picture` (RGB) at its own size. The pixels of each class but 0, which is the background, are
// tinted by the colour of the class, and fully painted with it where the class ends.
models::Image Overlay(models::Image picture, const client::ClassMap& map);

// The name of the colour in which Overlay shows a class: "sky blue"; empty for the background.
std::string OverlayColor(uint32_t index);

// FOLDER/NAME.overlay.png for each file NAME.*, "stdin" for standard input. INVALID_ARGUMENT when
// two would share a path.
absl::StatusOr<std::vector<std::string>> OverlayPaths(const std::string& folder,
                                                      const std::vector<ImageFile>& files);

// Makes the folder where it is missing.
absl::Status WriteOverlay(const std::string& path, const ImageFile& file,
                          const client::ClassMap& map);

}  // namespace convoy::cli
