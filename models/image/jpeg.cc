#include "models/image/jpeg.h"

#include <turbojpeg.h>

#include <memory>
#include <string>
#include <string_view>

#include "compute/base/status.h"
#include "models/image/jpeg_markers.h"
#include "models/image/orient.h"

namespace convoy::models {
namespace {

struct DestroyDecoder {
  void operator()(void* decoder) const { tjDestroy(decoder); }
};
using Decoder = std::unique_ptr<void, DestroyDecoder>;

struct JpegHeader {
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int color_space = 0;

  bool is_cmyk() const { return color_space == TJCS_CMYK || color_space == TJCS_YCCK; }
};

const unsigned char* DataOf(std::span<const std::byte> file) {
  return reinterpret_cast<const unsigned char*>(file.data());
}

absl::Status DecoderError(const Decoder& decoder) {
  return absl::InvalidArgumentError(
      absl::StrFormat("The JPEG image is damaged: %s", tjGetErrorStr2(decoder.get())));
}

// Cameras and editors leave stray bytes before a marker; the pixels are whole.
bool IsHarmless(const Decoder& decoder) {
  if (tjGetErrorCode(decoder.get()) != TJERR_WARNING) return false;
  const std::string_view message = tjGetErrorStr2(decoder.get());
  return message.find("extraneous bytes before marker") != std::string_view::npos;
}

absl::StatusOr<JpegHeader> ReadHeader(const Decoder& decoder, std::span<const std::byte> file) {
  JpegHeader header;
  if (tjDecompressHeader3(decoder.get(), DataOf(file), file.size(), &header.width, &header.height,
                          &header.subsampling, &header.color_space) != 0 &&
      !IsHarmless(decoder)) {
    return DecoderError(decoder);
  }
  CONVOY_RETURN_IF_ERROR(CheckImageSize("JPEG", header.width, header.height));
  return header;
}

absl::Status Decompress(const Decoder& decoder, std::span<const std::byte> file,
                        const JpegHeader& header, int format, std::vector<uint8_t>& pixels) {
  pixels.resize(size_t{1} * header.width * header.height * tjPixelSize[format]);
  // TJFLAG_LIMITSCANS: a progressive file of thousands of empty scans would run for hours.
  if (tjDecompress2(decoder.get(), DataOf(file), file.size(), pixels.data(), header.width, 0,
                    header.height, format, TJFLAG_LIMITSCANS) != 0 &&
      !IsHarmless(decoder)) {
    return DecoderError(decoder);
  }
  return absl::OkStatus();
}

// round(a * b / 255) without a division.
uint32_t MultiplyBytes(uint32_t a, uint32_t b) {
  const uint32_t product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// Inverted CMYK: each stored value is 255 minus the ink.
std::vector<uint8_t> RgbOfInvertedCmyk(const std::vector<uint8_t>& cmyk) {
  std::vector<uint8_t> rgb(cmyk.size() / 4 * 3);
  for (size_t i = 0; i < cmyk.size() / 4; ++i) {
    const uint32_t light = cmyk[4 * i + 3];
    for (size_t channel = 0; channel < 3; ++channel) {
      const uint32_t ink = 255 - cmyk[4 * i + channel];
      rgb[3 * i + channel] = static_cast<uint8_t>(light - MultiplyBytes(ink, light));
    }
  }
  return rgb;
}

}  // namespace

bool IsJpeg(std::span<const std::byte> file) {
  return file.size() >= 3 && file[0] == std::byte{0xFF} && file[1] == std::byte{0xD8} &&
         file[2] == std::byte{0xFF};
}

absl::StatusOr<Image> DecodeJpeg(std::span<const std::byte> file) {
  const Decoder decoder(tjInitDecompress());
  if (decoder == nullptr) {
    return absl::ResourceExhaustedError("No memory is left for a JPEG decoder");
  }
  CONVOY_ASSIGN_OR_RETURN(const JpegHeader header, ReadHeader(decoder, file));
  const JpegMarkers markers = ReadJpegMarkers(file);
  if (!markers.has_end) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "The JPEG image is truncated: its %d bytes hold no end-of-image marker", file.size()));
  }
  Image image{.width = header.width, .height = header.height, .channels = 3};
  if (header.is_cmyk()) {
    std::vector<uint8_t> cmyk;
    CONVOY_RETURN_IF_ERROR(Decompress(decoder, file, header, TJPF_CMYK, cmyk));
    image.pixels = RgbOfInvertedCmyk(cmyk);
  } else {
    CONVOY_RETURN_IF_ERROR(Decompress(decoder, file, header, TJPF_RGB, image.pixels));
  }
  return ApplyOrientation(std::move(image), markers.orientation);
}

}  // namespace convoy::models
