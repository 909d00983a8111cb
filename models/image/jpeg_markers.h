// What the marker segments of a JPEG file tell before any pixel is decoded. Pure.
#pragma once

#include <cstddef>
#include <span>

namespace convoy::models {

// EXIF orientation: how the stored rows and columns lie to the eye. The values are EXIF's.
enum class Orientation {
  kUpright = 1,
  kMirroredLeftRight = 2,
  kTurned180 = 3,
  kMirroredTopBottom = 4,
  kTransposed = 5,   // mirrored along the diagonal from the top left
  kTurnRight = 6,    // turn by 90 degrees clockwise to see it upright
  kTransversed = 7,  // mirrored along the other diagonal
  kTurnLeft = 8,     // turn by 90 degrees counter-clockwise
};

struct JpegMarkers {
  Orientation orientation = Orientation::kUpright;  // also where EXIF is absent or damaged
  bool has_end = false;  // an end-of-image marker follows the (first) scan
};

JpegMarkers ReadJpegMarkers(std::span<const std::byte> file);

}  // namespace convoy::models
