#include "models/image/normalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::models {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

// Two pixels: (10, 20, 30) and (40, 50, 60).
Image TwoPixels() {
  return {.width = 2, .height = 1, .channels = 3, .pixels = {10, 20, 30, 40, 50, 60}};
}

ImageSettings RawSettings() { return {.height = 1, .width = 2, .scale = 1}; }

std::vector<float> Normalized(const Image& image, const ImageSettings& settings) {
  std::vector<float> out(image.pixels.size());
  NormalizeInto(image, settings, out);
  return out;
}

TEST(NormalizeTest, PlanesAndPixelOrder) {
  ImageSettings settings = RawSettings();
  EXPECT_THAT(Normalized(TwoPixels(), settings), ElementsAre(10, 40, 20, 50, 30, 60));
  settings.layout = ImageLayout::kNhwc;
  EXPECT_THAT(Normalized(TwoPixels(), settings), ElementsAre(10, 20, 30, 40, 50, 60));
}

TEST(NormalizeTest, BgrTurnsTheChannelsAround) {
  ImageSettings settings = RawSettings();
  settings.color = ColorOrder::kBgr;
  EXPECT_THAT(Normalized(TwoPixels(), settings), ElementsAre(30, 60, 20, 50, 10, 40));
  settings.layout = ImageLayout::kNhwc;
  EXPECT_THAT(Normalized(TwoPixels(), settings), ElementsAre(30, 20, 10, 60, 50, 40));
}

TEST(NormalizeTest, ScaleMeanAndStdInTheModelsOrder) {
  ImageSettings settings = RawSettings();
  settings.color = ColorOrder::kBgr;
  settings.scale = 0.5F;
  settings.mean = {1, 2, 3};
  settings.std = {1, 2, 4};
  EXPECT_THAT(Normalized(TwoPixels(), settings),
              ElementsAre(FloatEq(14), FloatEq(29), FloatEq(4), FloatEq(11.5), FloatEq(0.5),
                          FloatEq(4.25)));
}

TEST(NormalizeTest, GrayIsOnePlane) {
  ImageSettings settings = RawSettings();
  settings.color = ColorOrder::kGray;
  settings.scale = 1.0F / 255;
  const Image gray{.width = 2, .height = 1, .channels = 1, .pixels = {0, 255}};
  EXPECT_THAT(Normalized(gray, settings), ElementsAre(0, FloatEq(1)));
}

}  // namespace
}  // namespace convoy::models
