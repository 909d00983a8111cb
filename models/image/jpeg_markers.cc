#include "models/image/jpeg_markers.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace convoy::models {
namespace {

// Marker codes of ITU-T T.81 table B.1 (the byte after 0xFF).
constexpr uint8_t kStartOfImage = 0xD8;
constexpr uint8_t kEndOfImage = 0xD9;
constexpr uint8_t kStartOfScan = 0xDA;
constexpr uint8_t kApp1 = 0xE1;

constexpr uint16_t kOrientationTag = 0x0112;
constexpr uint16_t kTypeShort = 3;

uint8_t ByteAt(std::span<const std::byte> bytes, size_t at) {
  return static_cast<uint8_t>(bytes[at]);
}

// A TIFF structure in either byte order; reads outside are nullopt.
class TiffReader {
 public:
  TiffReader(std::span<const std::byte> bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<uint16_t> Read16(size_t at) const {
    const std::optional<uint32_t> value = Read(at, 2);
    if (!value.has_value()) return std::nullopt;
    return static_cast<uint16_t>(*value);
  }
  std::optional<uint32_t> Read32(size_t at) const { return Read(at, 4); }

 private:
  std::optional<uint32_t> Read(size_t at, size_t count) const {
    if (at > bytes_.size() || bytes_.size() - at < count) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) {
      value = value << 8 | ByteAt(bytes_, at + (big_endian_ ? i : count - 1 - i));
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  bool big_endian_;
};

// `exif` is the APP1 segment's content; only the first directory (the picture itself) counts.
Orientation OrientationOf(std::span<const std::byte> exif) {
  static constexpr std::array<char, 6> kSignature = {'E', 'x', 'i', 'f', 0, 0};
  if (exif.size() < 14 || std::memcmp(exif.data(), kSignature.data(), kSignature.size()) != 0) {
    return Orientation::kUpright;
  }
  const std::span<const std::byte> tiff = exif.subspan(kSignature.size());
  const TiffReader reader(tiff, ByteAt(tiff, 0) == 'M');
  const std::optional<uint32_t> directory = reader.Read32(4);
  if (!directory.has_value()) return Orientation::kUpright;
  const std::optional<uint16_t> entries = reader.Read16(*directory);
  for (size_t i = 0; i < entries.value_or(0); ++i) {
    const size_t entry = size_t{*directory} + 2 + i * 12;  // tag, type, count, value
    const std::optional<uint16_t> tag = reader.Read16(entry);
    if (!tag.has_value()) break;
    if (*tag != kOrientationTag || reader.Read16(entry + 2) != kTypeShort) continue;
    const uint16_t value = reader.Read16(entry + 8).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::kUpright;
  }
  return Orientation::kUpright;
}

// Inside a scan a 0xFF of the data is followed by 0, so the first FF D9 behind its start is the
// end.
bool HasEndMarker(std::span<const std::byte> scan) {
  static constexpr std::array<std::byte, 2> kEnd = {std::byte{0xFF}, std::byte{kEndOfImage}};
  return std::search(scan.begin(), scan.end(), kEnd.begin(), kEnd.end()) != scan.end();
}

}  // namespace

JpegMarkers ReadJpegMarkers(std::span<const std::byte> file) {
  JpegMarkers markers;
  bool exif_seen = false;
  size_t at = 2;  // behind the start of image
  while (at + 4 <= file.size()) {
    if (ByteAt(file, at) != 0xFF) {  // a decoder skips stray bytes between segments, so do we
      ++at;
      continue;
    }
    const uint8_t code = ByteAt(file, at + 1);
    if (code == 0xFF || code == 0 || code == kStartOfImage || (code >= 0xD0 && code <= 0xD7)) {
      at += code == 0xFF ? 1 : 2;  // fill bytes and markers without a segment
      continue;
    }
    const size_t length = size_t{ByteAt(file, at + 2)} << 8 | ByteAt(file, at + 3);
    const size_t next = at + 2 + length;
    if (length < 2 || next > file.size()) return markers;
    if (code == kStartOfScan) {
      markers.has_end = HasEndMarker(file.subspan(next));
      return markers;
    }
    if (code == kApp1 && !exif_seen) {
      const Orientation found = OrientationOf(file.subspan(at + 4, length - 2));
      exif_seen = found != Orientation::kUpright;
      if (exif_seen) markers.orientation = found;
    }
    at = next;
  }
  return markers;
}

}  // namespace convoy::models
