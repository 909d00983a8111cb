// Bilinear resampling with antialias, number for number that of Pillow's BILINEAR on 8-bit images:
// a triangle filter that widens with the reduction, columns first, then rows, each rounded to 8
// bits. Models are trained behind that resize, and a different one moves their answers. (Pillow 13
// takes rows first where the height shrinks far more than the width, which moves some pixels by 1.)
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "models/image/image.h"

namespace convoy::models {

// `image` resized to width x height, of which only the window is made: extent crop_width x
// crop_height at (left, top). Costs what the window costs, however large the whole is.
struct ResizeWindow {
  int64_t width = 0;
  int64_t height = 0;
  int64_t left = 0;
  int64_t top = 0;
  int64_t crop_width = 0;
  int64_t crop_height = 0;
};

// The whole, stretched to width x height.
ResizeWindow Stretch(int64_t width, int64_t height);

// The shorter side to `resize_size`, the longer in proportion (rounded down), then the centre crop:
// torchvision's Resize and CenterCrop. INVALID_ARGUMENT when the crop is larger than the resized
// image.
absl::StatusOr<ResizeWindow> ShorterSideAndCrop(const Image& image, int64_t resize_size,
                                                int64_t crop_width, int64_t crop_height);

// INVALID_ARGUMENT when the picture between the two passes would exceed kMaxImagePixels.
absl::StatusOr<Image> Resize(const Image& image, const ResizeWindow& window);

}  // namespace convoy::models
