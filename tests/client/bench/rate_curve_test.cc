#include "client/bench/rate_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::client {
namespace {

using testing::HasSubstr;

TEST(RateCurveTest, ReadsConstantStepsAndRamps) {
  const auto constant = ParseRateCurve("200", absl::Seconds(30));
  ASSERT_TRUE(constant.ok());
  EXPECT_EQ(constant->segments(), (std::vector<RateSegment>{{200, 200, absl::Seconds(30)}}));
  const auto steps = ParseRateCurve("100@10s,400@5s", absl::Seconds(30));
  ASSERT_TRUE(steps.ok());
  EXPECT_EQ(steps->length(), absl::Seconds(15));
  EXPECT_DOUBLE_EQ(steps->calls(), 3000);
  EXPECT_DOUBLE_EQ(steps->peak(), 400);
  const auto ramp = ParseRateCurve("100..1000@1m", absl::Seconds(30));
  ASSERT_TRUE(ramp.ok());
  EXPECT_DOUBLE_EQ(ramp->calls(), 33000);
  EXPECT_EQ(ramp->ToString(), "100..1000@1m");
}

TEST(RateCurveTest, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {{"", "no number"},     {"fast", "'fast'"},    {"100@10", "@"},
                {"1..", "no number"},  {"-5", "-5"},          {"1e9", "0..1e+07"},
                {"0", "at least one"}, {"100@0s", "lasts 0"}, {"100@10s,x@1s", "'x@1s'"},
                {"nan", "nan"}};
  for (const auto& test : kCases) {
    const auto curve = ParseRateCurve(test.text, absl::Seconds(10));
    ASSERT_FALSE(curve.ok()) << test.text;
    EXPECT_EQ(curve.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(curve.status().message()), HasSubstr(test.message)) << test.text;
  }
}

TEST(RateCurveTest, TimeIsTheInverseOfTheArea) {
  const auto curve = ParseRateCurve("100@10s,100..500@10s,0@5s,1000@1s", absl::Seconds(1));
  ASSERT_TRUE(curve.ok());
  EXPECT_EQ(curve->TimeOf(0), absl::ZeroDuration());
  EXPECT_EQ(curve->TimeOf(500), absl::Seconds(5));
  // 1000 in the first part; in the ramp t seconds make 100 t + 20 t^2, so 1000 more at 5 s.
  EXPECT_NEAR(absl::ToDoubleSeconds(curve->TimeOf(2000)), 15, 1e-9);
  // The pause is skipped.
  EXPECT_NEAR(absl::ToDoubleSeconds(curve->TimeOf(4001)), 25.001, 1e-9);
  EXPECT_EQ(curve->TimeOf(5000), absl::InfiniteDuration());
}

TEST(RateCurveTest, WarmUpRunsAtTheFirstRate) {
  const auto curve = ParseRateCurve("100..500@10s", absl::Seconds(1));
  ASSERT_TRUE(curve.ok());
  const RateCurve warm = curve->WithWarmUp(absl::Seconds(2));
  EXPECT_DOUBLE_EQ(warm.calls(), 200 + curve->calls());
  EXPECT_EQ(warm.TimeOf(200), absl::Seconds(2));
  EXPECT_EQ(curve->WithWarmUp(absl::ZeroDuration()).length(), curve->length());
}

}  // namespace
}  // namespace convoy::client
