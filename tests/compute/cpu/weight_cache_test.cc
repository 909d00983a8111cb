#include "compute/cpu/weight_cache.h"

#include <vector>

#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::ChannelsLast;
using compute::Dims;
using compute::HostTensor;
using compute::Layout;
using compute::PackedWeights;
using compute::RowMajor;
using compute::WeightCache;

class WeightCacheTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const HostTensor> Values(float first) {
    const std::vector<float> values = {first, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    return std::make_shared<const HostTensor>(HostTensor::FromFloats({1, 3, 2, 2}, values));
  }

  std::shared_ptr<const PackedWeights> Get(const std::shared_ptr<const HostTensor>& values,
                                           const Layout& wanted) {
    auto weights = cache_.Get(values, RowMajor({1, 3, 2, 2}), wanted, engine_);
    EXPECT_TRUE(weights.ok()) << weights.status();
    return *weights;
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  WeightCache cache_;
};

TEST_F(WeightCacheTest, PacksIntoTheWantedLayout) {
  const auto weights = Get(Values(0), ChannelsLast({1, 3, 2, 2}));
  const auto* floats = reinterpret_cast<const float*>(weights->data());
  EXPECT_EQ((std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}),
            std::vector<float>(floats, floats + 12));
}

TEST_F(WeightCacheTest, SharesEqualContentInEqualLayouts) {
  const auto first = Get(Values(0), ChannelsLast({1, 3, 2, 2}));
  EXPECT_EQ(first, Get(Values(0), ChannelsLast({1, 3, 2, 2})));
  EXPECT_NE(first, Get(Values(1), ChannelsLast({1, 3, 2, 2})));
  EXPECT_NE(first, Get(Values(0), RowMajor({1, 3, 2, 2})));
}

TEST_F(WeightCacheTest, UsesRowMajorWeightsWithoutACopy) {
  const auto values = Values(0);
  const auto first = Get(values, RowMajor({1, 3, 2, 2}));
  EXPECT_EQ(values->bytes().data(), first->data());
  EXPECT_EQ(first, Get(Values(0), RowMajor({1, 3, 2, 2})));
}

TEST_F(WeightCacheTest, SharesWhatTheSameRecipeMakesOfTheSameValues) {
  int made = 0;
  const auto make = [&](const HostTensor& values, std::span<float> floats) {
    ++made;
    for (size_t i = 0; i < floats.size(); ++i) floats[i] = 2 * values.data<float>()[i];
  };
  const auto first = cache_.GetMade(Values(3), "double", 12, make);
  const auto second = cache_.GetMade(Values(3), "double", 12, make);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(6, *reinterpret_cast<const float*>((*first)->data()));
  EXPECT_TRUE(cache_.GetMade(Values(3), "other", 12, make).ok());
  EXPECT_TRUE(cache_.GetMade(Values(4), "double", 12, make).ok());
  EXPECT_EQ(3, made);
}

TEST_F(WeightCacheTest, ForgetsWhatNoSessionHolds) {
  auto first = Get(Values(0), ChannelsLast({1, 3, 2, 2}));
  const std::weak_ptr<const PackedWeights> watch = first;
  first.reset();
  EXPECT_TRUE(watch.expired());
  EXPECT_NE(nullptr, Get(Values(0), ChannelsLast({1, 3, 2, 2})));
}

}  // namespace
}  // namespace convoy::testing
