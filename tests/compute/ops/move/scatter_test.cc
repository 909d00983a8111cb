#include "compute/ops/move/scatter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/compute/ops/move/indexed_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Counting;
using convoy::testing::Filled;
using convoy::testing::Moved;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(ScatterTest, TheLastUpdateOfAnElementStays) {
  const Filled updates{{1, 3}, {10, 20, 30}};
  EXPECT_THAT(Moved(ScatterParams{IndexKind::kElements, 1}, Counting({1, 3}), {{1, 3}, {2, 2, -3}},
                    &updates)
                  .values,
              ElementsAre(30, 2, 20));
}

TEST(ScatterTest, ReductionsTakeAllUpdates) {
  const Filled updates{{3}, {10, -20, 0.5F}};
  const auto scatter = [&](ScatterReduction reduction) {
    return Moved(ScatterParams{IndexKind::kElements, 0, reduction}, Counting({2}), {{3}, {1, 1, 0}},
                 &updates)
        .values;
  };
  EXPECT_THAT(scatter(ScatterReduction::kAdd), ElementsAre(1.5F, -8));
  EXPECT_THAT(scatter(ScatterReduction::kMul), ElementsAre(0.5F, -400));
  EXPECT_THAT(scatter(ScatterReduction::kMin), ElementsAre(0.5F, -20));
  EXPECT_THAT(scatter(ScatterReduction::kMax), ElementsAre(1, 10));
}

TEST(ScatterTest, TuplesNameWholeSlicesAndAreClamped) {
  const Filled updates{{2, 2}, {10, 20, 30, 40}};
  EXPECT_THAT(Moved(ScatterParams{IndexKind::kTuples}, Counting({3, 2}), {{2, 1}, {kMost, -kMost}},
                    &updates)
                  .values,
              ElementsAre(30, 40, 3, 4, 10, 20));
}

TEST(ScatterTest, RefusesUpdatesOfAnotherShape) {
  const Filled updates{{2}, {1, 2}};
  EXPECT_THAT(
      Moved(ScatterParams{IndexKind::kTuples}, Counting({3, 2}), {{2, 1}, {0, 1}}, &updates).error,
      HasSubstr("updates has shape 2, but its shape must be 2x2"));
  EXPECT_THAT(
      Moved(ScatterParams{IndexKind::kElements, 0}, Counting({3}), {{1}, {0}}, &updates).error,
      HasSubstr("its shape must be 1"));
}

TEST(ScatterTest, BoolHasNoReductions) {
  const TensorSpec flags{DType::kBool, {2}};
  const TensorSpec indices{DType::kInt64, {2}};
  ScatterParams params{IndexKind::kElements, 0};
  const std::vector<TensorSpec> inputs{flags, indices, flags};
  EXPECT_TRUE(InferShapes(params, inputs).ok());
  params.reduction = ScatterReduction::kAdd;
  EXPECT_FALSE(InferShapes(params, inputs).ok());
}

}  // namespace
}  // namespace convoy::compute
