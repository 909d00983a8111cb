#include "compute/ops/reduce/arg_max.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::Filled;
using convoy::testing::Infer;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ArgMaxParams Along(int axis) { return {.axis = axis}; }

TEST(ArgMaxTest, Shapes) {
  EXPECT_EQ(OutputShape(Along(1), {{2, 3, 4}}), "2x1x4");
  EXPECT_EQ(OutputShape(ArgMaxParams{.axis = 0, .keep_dims = false}, {{2, 3, 4}}), "3x4");
  EXPECT_THAT(ShapeError(Along(3), {{2, 3, 4}}), HasSubstr("axis is 3, but must be from 0 to 2"));
  EXPECT_EQ(Infer(Along(0), {{2}})->front().dtype, DType::kInt64);
}

TEST(ArgMaxTest, FirstOrLastOfEquals) {
  const Filled x{{2, 4}, {1, 5, 5, 0, 3, 0, 0, 3}};
  EXPECT_THAT(Answer(Along(1), {x}), ElementsAre(1, 0));
  EXPECT_THAT(Answer(ArgMaxParams{.axis = 1, .select_last = true}, {x}), ElementsAre(2, 3));
  EXPECT_THAT(Answer(ArgMaxParams{.axis = 1, .smallest = true}, {x}), ElementsAre(3, 1));
  EXPECT_THAT(Answer(ArgMaxParams{.axis = 1, .smallest = true, .select_last = true}, {x}),
              ElementsAre(3, 2));
  EXPECT_THAT(Answer(Along(0), {x}), ElementsAre(1, 0, 0, 1));
}

TEST(ArgMaxTest, NotANumberIsTheLargest) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Filled x{{4}, {1, nan, 9, nan}};
  EXPECT_THAT(Answer(Along(0), {x}), ElementsAre(1));
  EXPECT_THAT(Answer(ArgMaxParams{.axis = 0, .select_last = true}, {x}), ElementsAre(3));
  EXPECT_THAT(Answer(ArgMaxParams{.axis = 0, .smallest = true}, {x}), ElementsAre(0));
}

TEST(ArgMaxTest, CostAndText) {
  EXPECT_EQ(CostOf(Along(0), {{10}}).flops, 10);
  EXPECT_EQ(AttributesOf(ArgMaxParams{2, false, true, true}),
            "axis=2 smallest select_last drop_dims");
}

}  // namespace
}  // namespace convoy::compute
