#include "models/image/jpeg.h"

#include <gtest/gtest.h>

#include "compute/base/status.h"
#include "tests/models/image/pictures.h"

namespace convoy::models {
namespace {

// Sets the size that the first start-of-frame segment declares.
void DeclareSize(std::vector<std::byte>& file, int width, int height) {
  for (size_t i = 2; i + 9 < file.size(); ++i) {
    const auto code = static_cast<uint8_t>(file[i + 1]);
    if (file[i] != std::byte{0xFF} || (code != 0xC0 && code != 0xC2)) continue;
    for (const auto& [at, value] : {std::pair(i + 5, height), std::pair(i + 7, width)}) {
      file[at] = static_cast<std::byte>(value >> 8);
      file[at + 1] = static_cast<std::byte>(value & 0xFF);
    }
    return;
  }
  FAIL() << "The fixture has no start of frame";
}

struct JpegCase {
  const char* file;
  const char* answer;
};

class JpegLikePillowTest : public testing::TestWithParam<JpegCase> {};

TEST_P(JpegLikePillowTest, EveryPixelIsEqual) {
  const absl::StatusOr<Image> image = DecodeJpeg(ReadFixture(GetParam().file));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(LargestDifference(*image, ReadPicture(GetParam().answer)), 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, JpegLikePillowTest,
                         testing::Values(JpegCase{"baseline_420.jpg", "baseline_420.ppm"},
                                         JpegCase{"baseline_444.jpg", "baseline_444.ppm"},
                                         JpegCase{"progressive.jpg", "progressive.ppm"},
                                         JpegCase{"gray.jpg", "gray_jpg.ppm"},
                                         JpegCase{"cmyk.jpg", "cmyk.ppm"}));

TEST(JpegTest, EveryExifOrientationIsTurnedUpright) {
  for (int value = 1; value <= 8; ++value) {
    const std::string stem = absl::StrFormat("orientation_%d", value);
    const absl::StatusOr<Image> image = DecodeJpeg(ReadFixture(stem + ".jpg"));
    ASSERT_TRUE(image.ok()) << image.status();
    EXPECT_EQ(LargestDifference(*image, ReadPicture(stem + ".ppm")), 0) << stem;
  }
}

TEST(JpegTest, EveryTruncationIsAnError) {
  for (const char* name : {"baseline_420.jpg", "progressive.jpg"}) {
    const std::vector<std::byte> file = ReadFixture(name);
    for (size_t size = 0; size < file.size(); ++size) {
      const absl::Status status = DecodeJpeg(std::span(file).first(size)).status();
      ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << " cut to " << size;
    }
  }
}

TEST(JpegTest, MissingEndIsCalledTruncated) {
  const std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  const absl::Status status = DecodeJpeg(std::span(file).first(file.size() / 2)).status();
  EXPECT_NE(status.message().find("truncated"), std::string::npos) << status;
}

// The end marker is put back behind half the data, so only the decoder can tell.
TEST(JpegTest, MissingDataBeforeTheEndMarkerIsAnError) {
  std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  file.resize(file.size() / 2);
  file.insert(file.end(), {std::byte{0xFF}, std::byte{0xD9}});
  const absl::Status status = DecodeJpeg(file).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("damaged"), std::string::npos) << status;
}

TEST(JpegTest, HugeDeclaredSizeIsRefusedWithTheLimit) {
  std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  DeclareSize(file, 20000, 20000);
  const absl::Status status = DecodeJpeg(file).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("20000 x 20000"), std::string::npos) << status;
  EXPECT_NE(status.message().find("67108864"), std::string::npos) << status;
}

TEST(JpegTest, ZeroSizeIsRefused) {
  std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  DeclareSize(file, 0, 47);
  EXPECT_EQ(DecodeJpeg(file).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(JpegTest, BytesBehindTheEndMarkerAreIgnored) {
  std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  file.insert(file.end(), 1000, std::byte{0x55});
  const absl::StatusOr<Image> image = DecodeJpeg(file);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(LargestDifference(*image, ReadPicture("baseline_420.ppm")), 0);
}

TEST(JpegTest, StrayBytesBeforeTheEndMarkerAreHarmless) {
  std::vector<std::byte> file = ReadFixture("baseline_420.jpg");
  file.insert(file.end() - 2, 4, std::byte{0});
  const absl::StatusOr<Image> image = DecodeJpeg(file);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(LargestDifference(*image, ReadPicture("baseline_420.ppm")), 0);
}

}  // namespace
}  // namespace convoy::models
