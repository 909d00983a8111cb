#include "models/image/png_encode.h"

#include <spng.h>

#include <cstdlib>
#include <memory>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
struct FreeBytes {
  void operator()(void* bytes) const { std::free(bytes); }
};

absl::Status CheckPixels(const Image& image) {
  CONVOY_RETURN_IF_ERROR(CheckImageSize("PNG", image.width, image.height));
  const int64_t bytes = image.row_bytes() * image.height;
  const bool known = image.channels == 1 || image.channels == 3;
  if (known && static_cast<int64_t>(image.pixels.size()) == bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "An image of %dx%d pixels and %d channels has %d bytes; a PNG file takes 1 or 3 channels, a "
      "byte for each of every pixel",
      image.width, image.height, image.channels, image.pixels.size()));
}

}  // namespace

absl::StatusOr<std::string> EncodePng(const Image& image) {
  CONVOY_RETURN_IF_ERROR(CheckPixels(image));
  const std::unique_ptr<spng_ctx, FreeContext> encoder(spng_ctx_new(SPNG_CTX_ENCODER));
  if (encoder == nullptr) {
    return absl::ResourceExhaustedError("No memory is left to encode a PNG image");
  }
  spng_ihdr header{};
  header.width = static_cast<uint32_t>(image.width);
  header.height = static_cast<uint32_t>(image.height);
  header.bit_depth = 8;
  header.color_type = image.channels == 1 ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR;

  size_t size = 0;
  std::unique_ptr<void, FreeBytes> bytes;
  int error = spng_set_option(encoder.get(), SPNG_ENCODE_TO_BUFFER, 1);
  if (error == 0) error = spng_set_ihdr(encoder.get(), &header);
  if (error == 0) {
    error = spng_encode_image(encoder.get(), image.pixels.data(), image.pixels.size(), SPNG_FMT_PNG,
                              SPNG_ENCODE_FINALIZE);
  }
  if (error == 0) bytes.reset(spng_get_png_buffer(encoder.get(), &size, &error));
  if (error != 0 || bytes == nullptr) {
    return absl::InternalError(
        absl::StrFormat("The PNG image cannot be encoded: %s", spng_strerror(error)));
  }
  return std::string(static_cast<const char*>(bytes.get()), size);
}

}  // namespace convoy::models
