#include "models/image/png_encode.h"

#include <gtest/gtest.h>

#include <random>

#include "compute/base/status.h"
#include "models/image/png.h"
#include "tests/models/image/pictures.h"

namespace convoy::models {
namespace {

Image Noise(int64_t width, int64_t height, int channels) {
  Image image{.width = width, .height = height, .channels = channels};
  std::mt19937 random(7);
  image.pixels.resize(static_cast<size_t>(image.row_bytes() * height));
  for (uint8_t& value : image.pixels) value = static_cast<uint8_t>(random());
  return image;
}

absl::StatusOr<Image> ThereAndBack(const Image& image) {
  CONVOY_ASSIGN_OR_RETURN(const std::string file, EncodePng(image));
  return DecodePng(std::as_bytes(std::span(file)));
}

TEST(EncodePngTest, RgbComesBackUnchanged) {
  for (const auto& [width, height] : {std::pair<int64_t, int64_t>{1, 1}, {19, 13}, {301, 2}}) {
    const Image image = Noise(width, height, 3);
    const absl::StatusOr<Image> back = ThereAndBack(image);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(LargestDifference(*back, image), 0) << width << "x" << height;
  }
}

TEST(EncodePngTest, GrayComesBackUnchanged) {
  const Image image = Noise(17, 5, 1);
  const absl::StatusOr<Image> back = ThereAndBack(image);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(LargestDifference(ToGray(*back), image), 0);
}

TEST(EncodePngTest, PixelsThatDoNotFitTheSizeAreRefused) {
  Image image = Noise(4, 3, 3);
  image.pixels.pop_back();
  const absl::Status status = EncodePng(image).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("4x3 pixels and 3 channels has 35 bytes"), std::string::npos)
      << status;
  EXPECT_EQ(EncodePng(Noise(4, 3, 2)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(EncodePng(Image{}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace convoy::models
