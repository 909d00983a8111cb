#include "compute/ops/move/pad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::Counting;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

PadParams Line(PadMode mode, int64_t begin, int64_t end, float value = 0) {
  return {mode, {begin}, {end}, value};
}

TEST(PadTest, Shapes) {
  EXPECT_EQ(OutputShape(PadParams{PadMode::kConstant, {0, 2}, {1, -1}, 0}, {{3, 4}}), "4x5");
  EXPECT_THAT(ShapeError(Line(PadMode::kConstant, -2, -1), {{3}}), HasSubstr("must leave 1"));
  EXPECT_THAT(ShapeError(Line(PadMode::kConstant, 0, 0), {{3, 3}}), HasSubstr("2 entries"));
  const int64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_NE(ShapeError(Line(PadMode::kConstant, most, most), {{3}}), "");
  EXPECT_NE(ShapeError(Line(PadMode::kEdge, std::numeric_limits<int64_t>::min(), 0), {{3}}), "");
}

TEST(PadTest, Values) {
  const convoy::testing::Filled x = Counting({4});
  EXPECT_THAT(Answer(Line(PadMode::kConstant, 1, 2, 9), {x}), ElementsAre(9, 1, 2, 3, 4, 9, 9));
  EXPECT_THAT(Answer(Line(PadMode::kReflect, 3, 2), {x}), ElementsAre(4, 3, 2, 1, 2, 3, 4, 3, 2));
  EXPECT_THAT(Answer(Line(PadMode::kEdge, 2, 1), {x}), ElementsAre(1, 1, 1, 2, 3, 4, 4));
  EXPECT_THAT(Answer(Line(PadMode::kWrap, 2, 1), {x}), ElementsAre(3, 4, 1, 2, 3, 4, 1));
}

TEST(PadTest, NegativePadsCrop) {
  const convoy::testing::Filled x = Counting({4});
  EXPECT_THAT(Answer(Line(PadMode::kConstant, -1, -1), {x}), ElementsAre(2, 3));
  EXPECT_THAT(Answer(Line(PadMode::kConstant, -5, 3, 9), {x}), ElementsAre(9, 9));
  EXPECT_THAT(Answer(Line(PadMode::kReflect, -3, 3), {x}), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(Answer(Line(PadMode::kEdge, -3, 2), {x}), ElementsAre(4, 4, 4));
}

TEST(PadTest, BordersWiderThanTheTensorGoOn) {
  const convoy::testing::Filled x = Counting({2});
  EXPECT_THAT(Answer(Line(PadMode::kReflect, 3, 2), {x}), ElementsAre(2, 1, 2, 1, 2, 1, 2));
  EXPECT_THAT(Answer(Line(PadMode::kWrap, 3, 2), {x}), ElementsAre(2, 1, 2, 1, 2, 1, 2));
  EXPECT_THAT(Answer(Line(PadMode::kReflect, 2, 1), {Counting({1})}), ElementsAre(1, 1, 1, 1));
}

TEST(PadTest, IntegersKeepTheirTypeAndTheirValue) {
  HostTensor x({DType::kInt64, {1}});
  x.mutable_data<int64_t>()[0] = (int64_t{1} << 62) + 1;
  const PadParams params = Line(PadMode::kConstant, 1, 0, -5);
  const TensorSpec spec = x.spec();
  HostTensor y((*InferShapes(params, {&spec, 1}))[0]);
  const TensorView input = x.view();
  const MutableTensorView output = y.mutable_view();
  RunReference(params, {&input, 1}, {&output, 1});
  EXPECT_THAT(y.data<int64_t>(), ElementsAre(-5, (int64_t{1} << 62) + 1));
}

TEST(PadTest, SeveralDimensions) {
  EXPECT_THAT(Answer(PadParams{PadMode::kReflect, {1, 0}, {0, 1}, 0}, {Counting({2, 2})}),
              ElementsAre(3, 4, 3, 1, 2, 1, 3, 4, 3));
}

TEST(PadTest, CostAndText) {
  EXPECT_EQ(CostOf(Line(PadMode::kEdge, 1, 1), {{4}}).bytes, 40);
  EXPECT_EQ(AttributesOf(Line(PadMode::kConstant, 1, -2, 0.5F)), "pads=1,-2 value=0.5");
  EXPECT_EQ(AttributesOf(Line(PadMode::kReflect, 1, 1)), "mode=reflect pads=1,1");
}

}  // namespace
}  // namespace convoy::compute
