#include "models/image/orient.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::models {
namespace {

using testing::ElementsAreArray;

// 1 2 3
// 4 5 6
Image SixPixels() { return {.width = 3, .height = 2, .channels = 1, .pixels = {1, 2, 3, 4, 5, 6}}; }

struct OrientCase {
  Orientation orientation;
  int64_t width;
  std::vector<uint8_t> pixels;
};

TEST(OrientTest, EveryOrientation) {
  const std::vector<OrientCase> cases = {
      {Orientation::kUpright, 3, {1, 2, 3, 4, 5, 6}},
      {Orientation::kMirroredLeftRight, 3, {3, 2, 1, 6, 5, 4}},
      {Orientation::kTurned180, 3, {6, 5, 4, 3, 2, 1}},
      {Orientation::kMirroredTopBottom, 3, {4, 5, 6, 1, 2, 3}},
      {Orientation::kTransposed, 2, {1, 4, 2, 5, 3, 6}},
      {Orientation::kTurnRight, 2, {4, 1, 5, 2, 6, 3}},
      {Orientation::kTransversed, 2, {6, 3, 5, 2, 4, 1}},
      {Orientation::kTurnLeft, 2, {3, 6, 2, 5, 1, 4}},
  };
  for (const OrientCase& c : cases) {
    const Image upright = ApplyOrientation(SixPixels(), c.orientation);
    EXPECT_EQ(upright.width, c.width);
    EXPECT_EQ(upright.height, 6 / c.width);
    EXPECT_THAT(upright.pixels, ElementsAreArray(c.pixels))
        << "orientation " << static_cast<int>(c.orientation);
  }
}

}  // namespace
}  // namespace convoy::models
