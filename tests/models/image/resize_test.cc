#include "models/image/resize.h"

#include <gtest/gtest.h>

#include "compute/base/status.h"
#include "models/image/png.h"
#include "tests/models/image/pictures.h"

namespace convoy::models {
namespace {

Image Base() { return *DecodePng(ReadFixture("base.png")); }

class ResizeLikePillowTest : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(ResizeLikePillowTest, EveryPixelIsEqual) {
  const auto [width, height] = GetParam();
  const absl::StatusOr<Image> resized = Resize(Base(), Stretch(width, height));
  ASSERT_TRUE(resized.ok()) << resized.status();
  const std::string name = absl::StrFormat("resize_%dx%d.ppm", width, height);
  EXPECT_EQ(LargestDifference(*resized, ReadPicture(name)), 0);
}

// Smaller, the same, larger, and one way each.
INSTANTIATE_TEST_SUITE_P(Sizes, ResizeLikePillowTest,
                         testing::Values(std::pair(20, 14), std::pair(61, 47), std::pair(97, 5),
                                         std::pair(3, 120), std::pair(150, 100), std::pair(1, 1)));

TEST(ResizeTest, GrayIsConvertedAndResizedLikePillow) {
  const absl::StatusOr<Image> resized = Resize(ToGray(Base()), Stretch(28, 28));
  ASSERT_TRUE(resized.ok()) << resized.status();
  EXPECT_EQ(LargestDifference(*resized, ReadPicture("gray_28x28.pgm")), 0);
}

TEST(ResizeTest, ShorterSideAndCentreCropIsTorchvisions) {
  const Image base = Base();
  const absl::StatusOr<ResizeWindow> window = ShorterSideAndCrop(base, 32, 31, 24);
  ASSERT_TRUE(window.ok()) << window.status();
  const absl::StatusOr<Image> resized = Resize(base, *window);
  ASSERT_TRUE(resized.ok()) << resized.status();
  EXPECT_EQ(LargestDifference(*resized, ReadPicture("shorter_32_crop_31x24.ppm")), 0);
}

TEST(ResizeTest, CentreCropRoundsHalvesToEven) {
  const Image wide{.width = 13, .height = 10};
  EXPECT_EQ(ShorterSideAndCrop(wide, 10, 8, 10)->left, 2);   // round(2.5)
  EXPECT_EQ(ShorterSideAndCrop(wide, 10, 10, 10)->left, 2);  // round(1.5)
  EXPECT_EQ(ShorterSideAndCrop(wide, 10, 13, 10)->left, 0);
}

TEST(ResizeTest, CropLargerThanTheImageIsRefused) {
  const absl::Status status = ShorterSideAndCrop({.width = 40, .height = 20}, 16, 24, 24).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("32 x 16"), std::string::npos) << status;
  EXPECT_NE(status.message().find("24 x 24"), std::string::npos) << status;
}

// 65535 x 1 scaled by its shorter side would be 16 million pixels wide; only the crop is made.
TEST(ResizeTest, ExtremeAspectRatioCostsOnlyTheCrop) {
  Image line{.width = kMaxImageSide, .height = 1, .channels = 1};
  line.pixels.assign(static_cast<size_t>(line.width), 77);
  const absl::StatusOr<ResizeWindow> window = ShorterSideAndCrop(line, 256, 224, 224);
  ASSERT_TRUE(window.ok()) << window.status();
  EXPECT_EQ(window->width, kMaxImageSide * 256);
  const absl::StatusOr<Image> resized = Resize(line, *window);
  ASSERT_TRUE(resized.ok()) << resized.status();
  EXPECT_EQ(resized->pixels, std::vector<uint8_t>(224 * 224, 77));
}

TEST(ResizeTest, IntermediatePictureHasALimit) {
  Image line{.width = 1, .height = kMaxImageSide, .channels = 1};
  line.pixels.assign(static_cast<size_t>(line.height), 1);
  const absl::Status status = Resize(line, Stretch(2048, 2048)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("67108864"), std::string::npos) << status;
}

}  // namespace
}  // namespace convoy::models
