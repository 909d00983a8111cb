#include "models/config/reshape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::models {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using Dims = std::vector<int64_t>;

TEST(CheckReshapeTest, ElementsBetweenOpenDimsAgree) {
  const auto fits = [](const Dims& dims, const Dims& network) {
    return CheckReshape("input 'x'", dims, network).ok();
  };
  EXPECT_TRUE(fits({3, 224, 224}, {1, 3, 224, 224}));
  EXPECT_TRUE(fits({1000}, {1, 1000, 1, 1}));
  EXPECT_TRUE(fits({1}, {})) << "nothing but the batch";
  EXPECT_TRUE(fits({-1, 6}, {-1, 2, 3}));
  EXPECT_TRUE(fits({4, -1, 6, -1}, {2, 2, -1, 6, 1, -1}));
  EXPECT_FALSE(fits({3, 224, 224}, {3, 224, 225}));
  EXPECT_FALSE(fits({-1, 6}, {6, -1})) << "rows would be mixed up";
  EXPECT_FALSE(fits({-1}, {-1, -1}));
  EXPECT_FALSE(fits({0}, {0}));
  EXPECT_FALSE(fits({-2}, {-2}));
  EXPECT_FALSE(fits({int64_t{1} << 40, int64_t{1} << 40}, {int64_t{1} << 40, int64_t{1} << 40}))
      << "more than 64 bits count";
  EXPECT_EQ(CheckReshape("input 'x'", {6}, {7}).message(),
            "input 'x' has dims [6], which cannot be reshaped to [7]: both need as many -1, and as "
            "many elements before, between and behind them");
}

TEST(ReshapeTest, ExtentsTravelBothWays) {
  TensorDeclaration tensor;
  tensor.dims = {-1, 6, -1};
  EXPECT_THAT(ToNetworkDims(tensor, {5, 6, 7}), Optional(ElementsAre(5, 6, 7))) << "no reshape";
  tensor.network_dims = {1, -1, 2, 3, -1};
  EXPECT_THAT(ToNetworkDims(tensor, {5, 6, 7}), Optional(ElementsAre(1, 5, 2, 3, 7)));
  EXPECT_THAT(FromNetworkDims(tensor, {1, 5, 2, 3, 7}), Optional(ElementsAre(5, 6, 7)));
  EXPECT_EQ(ToNetworkDims(tensor, {5, 7, 7}), std::nullopt);
  EXPECT_EQ(ToNetworkDims(tensor, {5, 6}), std::nullopt);
  EXPECT_EQ(FromNetworkDims(tensor, {2, 5, 2, 3, 7}), std::nullopt);
}

}  // namespace
}  // namespace convoy::models
