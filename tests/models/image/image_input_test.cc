#include "models/image/image_input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "compute/base/status.h"
#include "compute/tensor/half.h"
#include "tests/models/image/pictures.h"

namespace convoy::models {
namespace {

std::span<const std::byte> BytesOf(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

ImageSettings GrayDigit() { return {.height = 28, .width = 28, .color = ColorOrder::kGray}; }

TEST(ImageInputTest, WholePathGivesPillowsNumbers) {
  const ImageSettings settings = GrayDigit();
  ASSERT_EQ(ImageInputElements(settings), 28 * 28);
  std::vector<float> input(28 * 28);
  const absl::Status status = DecodeToInput(ReadFixture("base.png"), settings, input);
  ASSERT_TRUE(status.ok()) << status;
  const Image expected = ReadPicture("gray_28x28.pgm");
  for (size_t i = 0; i < input.size(); ++i) {
    ASSERT_FLOAT_EQ(input[i], static_cast<float>(expected.pixels[i]) / 255) << "at " << i;
  }
}

TEST(ImageInputTest, HalvesAndBytes) {
  ImageSettings settings = GrayDigit();
  settings.scale = 1;
  const Image expected = ReadPicture("gray_28x28.pgm");
  compute::HostTensor bytes(compute::TensorSpec{compute::DType::kUint8, {1, 1, 28, 28}});
  ASSERT_TRUE(DecodeToTensor(ReadFixture("base.png"), settings, bytes.mutable_view()).ok());
  EXPECT_TRUE(std::ranges::equal(bytes.data<uint8_t>(), expected.pixels));
  compute::HostTensor halves(compute::TensorSpec{compute::DType::kFloat16, {1, 1, 28, 28}});
  ASSERT_TRUE(DecodeToTensor(ReadFixture("base.png"), settings, halves.mutable_view()).ok());
  for (size_t i = 0; i < expected.pixels.size(); ++i) {
    ASSERT_EQ(halves.data<uint16_t>()[i], compute::FloatToHalf(expected.pixels[i])) << "at " << i;
  }
  compute::HostTensor wide(compute::TensorSpec{compute::DType::kInt64, {1, 1, 28, 28}});
  EXPECT_EQ(DecodeToTensor(ReadFixture("base.png"), settings, wide.mutable_view()).code(),
            absl::StatusCode::kInternal);
}

TEST(ImageInputTest, ShorterSideRuleCrops) {
  const ImageSettings settings{.height = 24,
                               .width = 31,
                               .layout = ImageLayout::kNhwc,
                               .resize = ResizeRule::kShorterSide,
                               .resize_size = 32,
                               .scale = 1};
  std::vector<float> input(static_cast<size_t>(ImageInputElements(settings)));
  const absl::Status status = DecodeToInput(ReadFixture("base.png"), settings, input);
  ASSERT_TRUE(status.ok()) << status;
  const Image expected = ReadPicture("shorter_32_crop_31x24.ppm");
  for (size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(input[i], static_cast<float>(expected.pixels[i])) << "at " << i;
  }
}

TEST(ImageInputTest, TellsWhatPartOfThePictureWasSeen) {
  const std::vector<std::byte> file = ReadFixture("base.png");
  const Image picture = *DecodeImage(file);
  ImageSettings settings = GrayDigit();
  std::vector<float> input(28 * 28);
  ImageRegion seen;
  ASSERT_TRUE(DecodeToInput(file, settings, input, &seen).ok());
  EXPECT_EQ(seen.left, 0);
  EXPECT_EQ(seen.top, 0);
  EXPECT_DOUBLE_EQ(seen.right, static_cast<double>(picture.width));
  EXPECT_DOUBLE_EQ(seen.bottom, static_cast<double>(picture.height));

  settings.resize = ResizeRule::kShorterSide;
  settings.resize_size = 56;  // twice the crop: half of the shorter side is seen, from its middle
  ASSERT_TRUE(DecodeToInput(file, settings, input, &seen).ok());
  const auto shorter = static_cast<double>(std::min(picture.width, picture.height));
  EXPECT_NEAR(seen.right - seen.left, shorter / 2, 1);
  EXPECT_NEAR(seen.bottom - seen.top, shorter / 2, 1);
  EXPECT_NEAR((seen.left + seen.right) / 2, static_cast<double>(picture.width) / 2, 2);
  EXPECT_NEAR((seen.top + seen.bottom) / 2, static_cast<double>(picture.height) / 2, 2);
}

TEST(ImageInputTest, EmptyFileIsRefused) {
  EXPECT_EQ(DecodeImage({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ImageInputTest, OtherBytesAreNamedWithWhatIsAllowed) {
  const absl::Status status = DecodeImage(BytesOf("GIF89a, or so")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("47 49 46 38 39 61"), std::string::npos) << status;
  EXPECT_NE(status.message().find("FF D8 FF"), std::string::npos) << status;
}

TEST(ImageInputTest, FileBeyondTheLimitIsRefused) {
  const std::vector<std::byte> file(kMaxImageFileBytes + 1);
  const absl::Status status = DecodeImage(file).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("67108865"), std::string::npos) << status;
  EXPECT_NE(status.message().find("67108864"), std::string::npos) << status;
}

TEST(ImageInputTest, WrongBufferIsAnInternalError) {
  std::vector<float> input(28 * 28 - 1);
  EXPECT_EQ(DecodeToInput(ReadFixture("base.png"), GrayDigit(), input).code(),
            absl::StatusCode::kInternal);
}

// Damaged files give an answer or INVALID_ARGUMENT, and never a crash; the address sanitizer looks
// on. Seeded, so that a failure repeats.
class DamagedImageTest : public testing::TestWithParam<const char*> {
 protected:
  void ExpectAnAnswer(std::span<const std::byte> file) {
    const absl::StatusOr<Image> image = DecodeImage(file);
    if (!image.ok()) {
      ASSERT_EQ(image.status().code(), absl::StatusCode::kInvalidArgument) << image.status();
      return;
    }
    ASSERT_EQ(image->pixels.size(), static_cast<size_t>(image->height * image->row_bytes()));
  }
};

TEST_P(DamagedImageTest, FlippedBits) {
  const std::vector<std::byte> whole = ReadFixture(GetParam());
  std::mt19937 random(20);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::byte> file = whole;
    for (uint32_t flips = 1 + random() % 8; flips > 0; --flips) {
      file[random() % file.size()] ^= static_cast<std::byte>(1U << random() % 8);
    }
    ExpectAnAnswer(file);
  }
}

TEST_P(DamagedImageTest, CutOutPieces) {
  const std::vector<std::byte> whole = ReadFixture(GetParam());
  std::mt19937 random(21);
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::byte> file = whole;
    const auto first = static_cast<std::ptrdiff_t>(random() % file.size());
    const auto count = static_cast<std::ptrdiff_t>(random() % 64);
    file.erase(file.begin() + first,
               file.begin() + std::min<std::ptrdiff_t>(first + count, std::ssize(file)));
    ExpectAnAnswer(file);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, DamagedImageTest,
                         testing::Values("baseline_420.jpg", "progressive.jpg", "cmyk.jpg",
                                         "orientation_6.jpg", "rgb8.png", "rgba8.png",
                                         "palette4.png", "gray16.png"));

}  // namespace
}  // namespace convoy::models
