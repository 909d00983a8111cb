#include "models/image/png.h"

#include <spng.h>

#include <algorithm>
#include <array>
#include <memory>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

constexpr std::array<uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

// Of chunks beside the pixels (texts, colour profiles), one and all of them together.
constexpr size_t kMaxChunkBytes = size_t{16} << 20;
constexpr size_t kMaxChunkCacheBytes = size_t{32} << 20;

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Decoder = std::unique_ptr<spng_ctx, FreeContext>;

absl::Status PngError(int error) {
  if (error == SPNG_EMEM) {
    return absl::ResourceExhaustedError("No memory is left to decode the PNG image");
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("The PNG image is truncated or damaged: %s", spng_strerror(error)));
}

absl::StatusOr<Decoder> Open(std::span<const std::byte> file) {
  Decoder decoder(spng_ctx_new(0));
  if (decoder == nullptr) return PngError(SPNG_EMEM);
  int error = spng_set_chunk_limits(decoder.get(), kMaxChunkBytes, kMaxChunkCacheBytes);
  if (error == 0) error = spng_set_png_buffer(decoder.get(), file.data(), file.size());
  if (error != 0) return PngError(error);
  return decoder;
}

bool HasTransparency(const Decoder& decoder, const spng_ihdr& header) {
  spng_trns transparency;
  return header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA ||
         header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA ||
         spng_get_trns(decoder.get(), &transparency) == 0;
}

// RGBA to RGB in place: over black only the colour's share alpha/255 remains.
void LayOverBlack(std::vector<uint8_t>& pixels) {
  const size_t count = pixels.size() / 4;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t alpha = pixels[4 * i + 3];
    for (size_t channel = 0; channel < 3; ++channel) {
      pixels[3 * i + channel] = static_cast<uint8_t>((pixels[4 * i + channel] * alpha + 127) / 255);
    }
  }
  pixels.resize(count * 3);
}

}  // namespace

bool IsPng(std::span<const std::byte> file) {
  return file.size() >= kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(), file.begin(),
                    [](uint8_t expected, std::byte given) { return std::byte{expected} == given; });
}

absl::StatusOr<Image> DecodePng(std::span<const std::byte> file) {
  CONVOY_ASSIGN_OR_RETURN(const Decoder decoder, Open(file));
  spng_ihdr header;
  if (const int error = spng_get_ihdr(decoder.get(), &header); error != 0) return PngError(error);
  CONVOY_RETURN_IF_ERROR(CheckImageSize("PNG", header.width, header.height));

  const bool transparent = HasTransparency(decoder, header);
  Image image{.width = header.width, .height = header.height, .channels = 3};
  image.pixels.resize(size_t{header.width} * header.height * (transparent ? 4 : 3));
  int error = spng_decode_image(decoder.get(), image.pixels.data(), image.pixels.size(),
                                transparent ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8,
                                transparent ? SPNG_DECODE_TRNS : 0);
  if (error == 0) error = spng_decode_chunks(decoder.get());  // the rest, to IEND
  if (error != 0) return PngError(error);
  if (transparent) LayOverBlack(image.pixels);
  return image;
}

}  // namespace convoy::models
