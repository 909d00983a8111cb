#include "models/image/image.h"

#include "compute/base/status.h"

namespace convoy::models {

absl::Status CheckImageSize(std::string_view format, int64_t width, int64_t height) {
  if (width <= 0 || height <= 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The %s image declares %d x %d pixels; both sides must be at least 1",
                        format, width, height));
  }
  if (width > kMaxImageSide || height > kMaxImageSide) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The %s image declares %d x %d pixels; a side has at most %d", format,
                        width, height, kMaxImageSide));
  }
  if (width * height > kMaxImagePixels) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The %s image declares %d x %d = %d pixels; at most %d are allowed", format,
                        width, height, width * height, kMaxImagePixels));
  }
  return absl::OkStatus();
}

Image ToGray(const Image& rgb) {
  Image gray{.width = rgb.width, .height = rgb.height, .channels = 1};
  gray.pixels.resize(static_cast<size_t>(rgb.width * rgb.height));
  const uint8_t* source = rgb.pixels.data();
  for (uint8_t& pixel : gray.pixels) {
    // 0.299, 0.587 and 0.114 times 65536; they sum to 65536, so gray stays as it is.
    pixel = static_cast<uint8_t>(
        (source[0] * 19595 + source[1] * 38470 + source[2] * 7471 + 0x8000) >> 16);
    source += 3;
  }
  return gray;
}

}  // namespace convoy::models
