// Pixels to the bytes of a PNG file, the way back of png.h. Thread-safe.
//
//   CONVOY_ASSIGN_OR_RETURN(const std::string file, EncodePng(image));
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/image/image.h"

namespace convoy::models {

// 8-bit RGB or gray, not interlaced. INVALID_ARGUMENT when the pixels are not as many as width,
// height and channels say, or beyond the limits of image.h.
absl::StatusOr<std::string> EncodePng(const Image& image);

}  // namespace convoy::models
