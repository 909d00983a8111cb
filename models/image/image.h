// A decoded picture, and the limits that every picture meets before memory is allocated for it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace convoy::models {

// Rows from the top, pixels from the left, the channels of a pixel side by side.
struct Image {
  int64_t width = 0;
  int64_t height = 0;
  int channels = 3;  // 3: R, G, B; 1: gray
  std::vector<uint8_t> pixels;

  int64_t row_bytes() const { return width * channels; }
};

inline constexpr int64_t kMaxImageFileBytes = int64_t{64} << 20;
inline constexpr int64_t kMaxImagePixels = int64_t{64} << 20;  // 192 MiB of RGB
inline constexpr int64_t kMaxImageSide = 65535;                // the most that JPEG can say

// INVALID_ARGUMENT with the declared and the allowed size. `format` is "JPEG" or "PNG".
absl::Status CheckImageSize(std::string_view format, int64_t width, int64_t height);

// Luma of ITU-R 601 in 16-bit fixed point, the same numbers as Pillow's convert("L").
Image ToGray(const Image& rgb);

}  // namespace convoy::models
