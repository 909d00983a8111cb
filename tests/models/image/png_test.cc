#include "models/image/png.h"

#include <gtest/gtest.h>

#include "compute/base/status.h"
#include "tests/models/image/pictures.h"

namespace convoy::models {
namespace {

class PngLikePillowTest : public testing::TestWithParam<const char*> {};

TEST_P(PngLikePillowTest, EveryPixelIsEqual) {
  const absl::StatusOr<Image> image = DecodePng(ReadFixture(std::string(GetParam()) + ".png"));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(LargestDifference(*image, ReadPicture(std::string(GetParam()) + ".ppm")), 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PngLikePillowTest,
                         testing::Values("rgb8", "rgba8", "palette4", "gray1", "gray16"));

TEST(PngTest, GrayBecomesRgbAndBack) {
  const absl::StatusOr<Image> image = DecodePng(ReadFixture("gray8.png"));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->channels, 3);
  EXPECT_EQ(LargestDifference(ToGray(*image), ReadPicture("gray8.pgm")), 0);
}

// But for the four bytes of IEND's own checksum, behind which nothing can be missing.
TEST(PngTest, EveryTruncationIsAnError) {
  for (const char* name : {"rgb8.png", "palette4.png"}) {
    const std::vector<std::byte> file = ReadFixture(name);
    for (size_t size = 0; size + 4 < file.size(); ++size) {
      const absl::Status status = DecodePng(std::span(file).first(size)).status();
      ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << " cut to " << size;
    }
  }
}

// IHDR lies at fixed places: width at 16, height at 20, its checksum at 29.
std::vector<std::byte> WithHeader(uint32_t width, uint32_t height) {
  std::vector<std::byte> file = ReadFixture("rgb8.png");
  for (int i = 0; i < 4; ++i) {
    file[static_cast<size_t>(16 + i)] = static_cast<std::byte>(width >> (24 - 8 * i) & 0xFF);
    file[static_cast<size_t>(20 + i)] = static_cast<std::byte>(height >> (24 - 8 * i) & 0xFF);
  }
  uint32_t crc = 0xFFFFFFFF;
  for (size_t at = 12; at < 29; ++at) {
    crc ^= static_cast<uint8_t>(file[at]);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  for (int i = 0; i < 4; ++i) {
    file[static_cast<size_t>(29 + i)] = static_cast<std::byte>(~crc >> (24 - 8 * i) & 0xFF);
  }
  return file;
}

TEST(PngTest, HeaderWithTheRightChecksumDecodes) {
  EXPECT_TRUE(DecodePng(WithHeader(19, 13)).ok());
}

TEST(PngTest, HugeDeclaredSizeIsRefusedWithTheLimit) {
  const absl::Status pixels = DecodePng(WithHeader(60000, 60000)).status();
  EXPECT_EQ(pixels.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(pixels.message().find("60000 x 60000"), std::string::npos) << pixels;
  EXPECT_NE(pixels.message().find("67108864"), std::string::npos) << pixels;
  const absl::Status side = DecodePng(WithHeader(1U << 30, 1)).status();
  EXPECT_EQ(side.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(side.message().find("65535"), std::string::npos) << side;
}

TEST(PngTest, ZeroSizeIsRefused) {
  EXPECT_EQ(DecodePng(WithHeader(0, 13)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PngTest, MoreRowsThanDataIsRefused) {
  EXPECT_EQ(DecodePng(WithHeader(19, 14)).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace convoy::models
