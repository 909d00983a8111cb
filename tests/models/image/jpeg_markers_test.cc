#include "models/image/jpeg_markers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "tests/models/image/pictures.h"

namespace convoy::models {
namespace {

TEST(JpegMarkersTest, ReadsTheOrientation) {
  for (int value = 1; value <= 8; ++value) {
    const std::string name = std::string("orientation_") + std::to_string(value) + ".jpg";
    const JpegMarkers markers = ReadJpegMarkers(ReadFixture(name));
    EXPECT_EQ(static_cast<int>(markers.orientation), value) << name;
    EXPECT_TRUE(markers.has_end);
  }
}

TEST(JpegMarkersTest, WithoutExifItIsUpright) {
  EXPECT_EQ(ReadJpegMarkers(ReadFixture("gray.jpg")).orientation, Orientation::kUpright);
}

TEST(JpegMarkersTest, DirectoryOutsideTheSegmentIsUpright) {
  std::vector<std::byte> file = ReadFixture("orientation_6.jpg");
  static constexpr std::string_view kExif("Exif\0\0", 6);
  const auto exif = std::search(file.begin(), file.end(), kExif.begin(), kExif.end(),
                                [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
  ASSERT_NE(exif, file.end());
  std::fill_n(exif + 10, 4, std::byte{0xFF});  // the offset of the first directory
  EXPECT_EQ(ReadJpegMarkers(file).orientation, Orientation::kUpright);
}

TEST(JpegMarkersTest, EndOfAThumbnailIsNotTheEndOfTheImage) {
  std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  const std::vector<std::byte> thumbnail = {std::byte{0xFF}, std::byte{0xE2}, std::byte{0},
                                            std::byte{4},    std::byte{0xFF}, std::byte{0xD9}};
  file.insert(file.begin() + 2, thumbnail.begin(), thumbnail.end());
  EXPECT_TRUE(ReadJpegMarkers(file).has_end);
  file.erase(file.end() - 2, file.end());
  EXPECT_FALSE(ReadJpegMarkers(file).has_end);
}

}  // namespace
}  // namespace convoy::models
