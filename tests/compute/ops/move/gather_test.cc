#include "compute/ops/move/gather.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/compute/ops/move/indexed_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Counting;
using convoy::testing::Moved;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(GatherTest, AlongAnAxis) {
  const GatherParams columns{IndexKind::kAxis, 1, 0};
  EXPECT_THAT(Moved(columns, Counting({2, 3}), {{2}, {2, 0}}).values, ElementsAre(3, 1, 6, 4));
  EXPECT_THAT(Moved(columns, Counting({2, 3}), {{}, {-1}}).values, ElementsAre(3, 6));
}

TEST(GatherTest, ElementsAndTuples) {
  EXPECT_THAT(
      Moved(GatherParams{IndexKind::kElements, 1, 0}, Counting({2, 2}), {{2, 2}, {0, 0, 1, 0}})
          .values,
      ElementsAre(1, 1, 4, 3));
  const GatherParams tuples{IndexKind::kTuples, 0, 0};
  EXPECT_THAT(Moved(tuples, Counting({2, 2}), {{2, 2}, {0, 0, 1, 1}}).values, ElementsAre(1, 4));
  EXPECT_THAT(Moved(tuples, Counting({2, 2}), {{2, 1}, {1, 0}}).values, ElementsAre(3, 4, 1, 2));
  EXPECT_THAT(
      Moved(GatherParams{IndexKind::kTuples, 0, 1}, Counting({2, 2, 2}), {{2, 1}, {1, 0}}).values,
      ElementsAre(3, 4, 5, 6));
}

TEST(GatherTest, IndicesBeyondTheEndsAreClamped) {
  const GatherParams rows{IndexKind::kAxis, 0, 0};
  EXPECT_THAT(Moved(rows, Counting({3}), {{4}, {3, kMost, -4, -kMost - 1}}).values,
              ElementsAre(3, 3, 1, 1));
}

TEST(GatherTest, RefusesShapesThatDoNotFit) {
  EXPECT_THAT(Moved(GatherParams{IndexKind::kAxis, 2, 0}, Counting({2, 3}), {{1}, {0}}).error,
              HasSubstr("axis is 2"));
  EXPECT_THAT(Moved(GatherParams{IndexKind::kElements, 1, 0}, Counting({2, 3}), {{1}, {0}}).error,
              HasSubstr("must have the rank of data"));
  EXPECT_THAT(
      Moved(GatherParams{IndexKind::kTuples, 0, 0}, Counting({2, 3}), {{1, 3}, {0, 0, 0}}).error,
      HasSubstr("at most as many entries"));
  EXPECT_THAT(Moved(GatherParams{IndexKind::kTuples, 0, 1}, Counting({2, 3}), {{1, 1}, {0}}).error,
              HasSubstr("share the first 1 dimensions"));
}

}  // namespace
}  // namespace convoy::compute
