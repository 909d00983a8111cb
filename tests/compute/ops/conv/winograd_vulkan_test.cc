#include "compute/ops/conv/winograd_vulkan.h"

#include <gtest/gtest.h>

#include <cmath>

namespace convoy::compute {
namespace {

using Matrix = std::vector<std::vector<double>>;

// The transforms of shaders/conv/winograd.glsl.
Matrix InputTransform(int tile) {
  if (tile == 2) return {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
  const double a = std::sqrt(0.5);
  const double b = std::sqrt(2.0);
  return {{1, 0, -2.5, 0, 1, 0},  {0, -b, -2, a, 1, 0},   {0, b, -2, -a, 1, 0},
          {0, -a, -0.5, b, 1, 0}, {0, a, -0.5, -b, 1, 0}, {0, 1, 0, -2.5, 0, 1}};
}

Matrix OutputTransform(int tile) {
  if (tile == 2) return {{1, 1, 1, 0}, {0, 1, -1, -1}};
  const double a = std::sqrt(0.5);
  const double b = std::sqrt(2.0);
  return {{1, 1, 1, 1, 1, 0},
          {0, a, -a, b, -b, 0},
          {0, 0.5, 0.5, 2, 2, 0},
          {0, 0.5 * a, -0.5 * a, 2 * b, -2 * b, 1}};
}

Matrix TransformBothSides(const Matrix& transform, const Matrix& d) {
  Matrix result(transform.size(), std::vector<double>(transform.size()));
  for (size_t p = 0; p < transform.size(); ++p) {
    for (size_t q = 0; q < transform.size(); ++q) {
      for (size_t y = 0; y < d.size(); ++y) {
        for (size_t x = 0; x < d.size(); ++x) {
          result[p][q] += transform[p][y] * d[y][x] * transform[q][x];
        }
      }
    }
  }
  return result;
}

double PixelAt(size_t y, size_t x) { return static_cast<double>((y * 7 + x * 5) % 11) - 4.5; }

class WinogradTest : public ::testing::TestWithParam<int> {};

TEST_P(WinogradTest, IsTheConvolution) {
  const int tile = GetParam();
  const auto side = static_cast<size_t>(tile + 2);
  const std::array<float, 9> g{0.5F, -1, 2, 3, -0.25F, 1, 0, 4, -2};
  const std::vector<double> filter = TransformFilter(g, tile);
  ASSERT_EQ(filter.size(), side * side);
  Matrix d(side, std::vector<double>(side));
  for (size_t y = 0; y < side; ++y) {
    for (size_t x = 0; x < side; ++x) d[y][x] = PixelAt(y, x);
  }
  Matrix products = TransformBothSides(InputTransform(tile), d);
  for (size_t p = 0; p < side; ++p) {
    for (size_t q = 0; q < side; ++q) products[p][q] *= filter[p * side + q];
  }
  const Matrix y = TransformBothSides(OutputTransform(tile), products);
  for (size_t row = 0; row < y.size(); ++row) {
    for (size_t column = 0; column < y.size(); ++column) {
      double expected = 0;
      for (size_t k = 0; k < 9; ++k) expected += g[k] * PixelAt(row + k / 3, column + k % 3);
      EXPECT_NEAR(y[row][column], expected, 1e-12);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tiles, WinogradTest, ::testing::Values(2, 4));

ConvProblem Square(int64_t n, int64_t c, int64_t size, int64_t m) {
  return {.x = {n, c, {1, size, size}}, .y = {n, m, {1, size, size}}};
}

TEST(PlanWinogradTilesTest, CountsTilesThatHangOverTheEdge) {
  EXPECT_EQ(PlanWinogradTiles(Square(3, 128, 13, 128), 4).count, 3 * 4 * 4);
  EXPECT_EQ(PlanWinogradTiles(Square(3, 128, 13, 128), 2).count, 3 * 7 * 7);
}

TEST(PlanWinogradTilesTest, OneChunkHoldsWhatIsSmall) {
  EXPECT_EQ(PlanWinogradTiles(Square(1, 128, 13, 128), 4).chunk, kPlaneAlign);
}

TEST(PlanWinogradTilesTest, ChunksStayFarBelowWhatABindingHolds) {
  for (const int tile : {2, 4}) {
    for (const ConvProblem& problem :
         {Square(8, 64, 256, 64), Square(8, 64, 224, 512), Square(8, 4096, 14, 4096)}) {
      const WinogradTiles tiles = PlanWinogradTiles(problem, tile);
      const int64_t points = int64_t{tile + 2} * (tile + 2);
      const int64_t channels = std::max(problem.x.c, problem.y.c);
      EXPECT_EQ(tiles.chunk % kPlaneAlign, 0);
      EXPECT_LT(tiles.chunk * points * channels * 4, int64_t{128} << 20);
    }
  }
}

TEST(PlanWinogradTilesTest, ChunksAreOfAboutTheSameSize) {
  const WinogradTiles tiles = PlanWinogradTiles(Square(8, 64, 256, 64), 4);  // 32768 tiles
  const int64_t chunks = DivideUp(tiles.count, tiles.chunk);
  EXPECT_GT(chunks, 1);
  EXPECT_LT(chunks * tiles.chunk - tiles.count, chunks * kPlaneAlign);
}

}  // namespace
}  // namespace convoy::compute
