#include "compute/ops/window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const Window& window, const Shape& shape) {
  const absl::Status status = ValidateWindow(window, shape);
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(WindowTest, TextLeavesDefaultsOutAndKeepsTheRank) {
  Window window;
  window.kernel = {1, 3, 5};
  EXPECT_EQ(window.ToString(), "kernel=3x5");
  window.strides = {1, 2, 1};
  window.pads_end = {0, 1, 2};
  window.dilations = {1, 1, 4};
  EXPECT_EQ(window.ToString(), "kernel=3x5 stride=2x1 pads=0,0,1,2 dilation=1x4");
  window.rank = 3;
  EXPECT_EQ(window.ToString(), "kernel=1x3x5 stride=1x2x1 pads=0,0,0,0,1,2 dilation=1x1x4");
  Window line;
  line.rank = 1;
  line.kernel = {1, 1, 7};
  EXPECT_EQ(line.ToString(), "kernel=7");
}

TEST(WindowTest, ExtentIsThatOfTheDilatedKernel) {
  Window window;
  window.kernel = {1, 3, 4};
  window.dilations = {1, 5, 1};
  EXPECT_EQ(window.extent(0), 1);
  EXPECT_EQ(window.extent(1), 11);
  EXPECT_EQ(window.extent(2), 4);
  EXPECT_EQ(window.taps(), 12);
}

TEST(WindowTest, EveryRankIsSeenAsThreeDimensions) {
  const ImageDims line = ImageDimsOf({2, 3, 9});
  EXPECT_EQ(line.size, (Spatial{1, 1, 9}));
  const ImageDims image = ImageDimsOf({2, 3, 8, 9});
  EXPECT_EQ(image.size, (Spatial{1, 8, 9}));
  const ImageDims volume = ImageDimsOf({2, 3, 7, 8, 9});
  EXPECT_EQ(volume.n, 2);
  EXPECT_EQ(volume.c, 3);
  EXPECT_EQ(volume.pixels(), 7 * 8 * 9);
  EXPECT_EQ(ImageShape(line, 1), (Shape{2, 3, 9}));
  EXPECT_EQ(ImageShape(image, 2), (Shape{2, 3, 8, 9}));
  EXPECT_EQ(ImageShape(volume, 3), (Shape{2, 3, 7, 8, 9}));
}

TEST(WindowTest, RefusesValuesOutOfRange) {
  const Shape shape{1, 3, 8, 8};
  EXPECT_EQ(ErrorOf(Window{}, shape), "");
  Window window;
  window.kernel[1] = 0;
  EXPECT_THAT(ErrorOf(window, shape), HasSubstr("kernel_shape is 0 along H, but must be from 1"));
  window = {};
  window.strides[2] = -2;
  EXPECT_THAT(ErrorOf(window, shape), HasSubstr("strides is -2 along W"));
  window = {};
  window.dilations[2] = kMaxWindowExtent + 1;
  EXPECT_THAT(ErrorOf(window, shape), HasSubstr("dilations is 32769 along W"));
  window = {};
  window.pads_end[1] = -1;
  EXPECT_THAT(ErrorOf(window, shape), HasSubstr("pads is -1 along H, but must be from 0"));
}

TEST(WindowTest, RefusesAnotherRank) {
  EXPECT_THAT(ErrorOf(Window{}, {1, 3, 8}), HasSubstr("tensor of rank 4"));
  Window window;
  window.rank = 4;
  EXPECT_THAT(ErrorOf(window, {1, 3, 8, 8, 8, 8}), HasSubstr("4 spatial dimensions"));
  window = {};
  window.kernel[0] = 2;  // along a dimension that 2-D tensors lack
  EXPECT_THAT(ErrorOf(window, {1, 3, 8, 8}), HasSubstr("along D"));
}

}  // namespace
}  // namespace convoy::compute
