// JPEG bytes to RGB pixels, upright (EXIF orientation applied). Thread-safe.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/statusor.h"
#include "models/image/image.h"

namespace convoy::models {

bool IsJpeg(std::span<const std::byte> file);

// Baseline and progressive, gray, YCbCr, RGB, CMYK and YCCK. Decodes in full size, so that the
// pixels are those of every libjpeg. CMYK is read as Adobe writes it (inverted) and turned to RGB
// as Pillow does. A file that ends early or is damaged is an INVALID_ARGUMENT, never a partly gray
// picture.
absl::StatusOr<Image> DecodeJpeg(std::span<const std::byte> file);

}  // namespace convoy::models
