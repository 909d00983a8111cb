#include "models/image/orient.h"

#include <algorithm>

namespace convoy::models {
namespace {

// Where the pixel at the top left of the upright picture is stored, and the steps (in pixels of the
// stored picture) to its right and lower neighbours.
struct Walk {
  int64_t start;
  int64_t right;
  int64_t down;
};

Walk WalkOf(Orientation orientation, int64_t width, int64_t height) {
  const int64_t last_column = width - 1;
  const int64_t last_row = (height - 1) * width;
  switch (orientation) {
    case Orientation::kMirroredLeftRight:
      return {last_column, -1, width};
    case Orientation::kTurned180:
      return {last_row + last_column, -1, -width};
    case Orientation::kMirroredTopBottom:
      return {last_row, 1, -width};
    case Orientation::kTransposed:
      return {0, width, 1};
    case Orientation::kTurnRight:
      return {last_row, -width, 1};
    case Orientation::kTransversed:
      return {last_row + last_column, -width, -1};
    case Orientation::kTurnLeft:
      return {last_column, width, -1};
    case Orientation::kUpright:
      break;
  }
  return {0, 1, width};
}

}  // namespace

Image ApplyOrientation(Image image, Orientation orientation) {
  if (orientation == Orientation::kUpright) return image;
  const Walk walk = WalkOf(orientation, image.width, image.height);
  const bool swaps_sides = orientation >= Orientation::kTransposed;
  Image upright{.width = swaps_sides ? image.height : image.width,
                .height = swaps_sides ? image.width : image.height,
                .channels = image.channels};
  upright.pixels.resize(image.pixels.size());
  uint8_t* out = upright.pixels.data();
  for (int64_t y = 0; y < upright.height; ++y) {
    for (int64_t x = 0; x < upright.width; ++x) {
      const int64_t pixel = walk.start + y * walk.down + x * walk.right;
      out = std::copy_n(image.pixels.data() + pixel * image.channels, image.channels, out);
    }
  }
  return upright;
}

}  // namespace convoy::models
