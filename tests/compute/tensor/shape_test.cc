#include "compute/tensor/shape.h"

#include <gtest/gtest.h>

#include <vector>

namespace convoy::compute {
namespace {

TEST(ShapeTest, CountsAndPrints) {
  const Shape shape{2, 3, 28, 28};
  EXPECT_EQ(shape.rank(), 4);
  EXPECT_EQ(shape.elements(), 2 * 3 * 28 * 28);
  EXPECT_EQ(shape.ToString(), "2x3x28x28");
  EXPECT_EQ(Shape{}.elements(), 1);
  EXPECT_EQ(Shape{}.ToString(), "scalar");
  EXPECT_EQ((Shape{4, 0, 2}).elements(), 0);
}

TEST(ShapeTest, ComparesByDimensions) {
  const std::vector<int64_t> dims = {2};
  Shape grown{std::span(dims)};
  grown.Append(5);
  grown[0] = 3;
  EXPECT_EQ(grown, (Shape{3, 5}));
  EXPECT_NE(grown, (Shape{3, 5, 1}));
}

}  // namespace
}  // namespace convoy::compute
