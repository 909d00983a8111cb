#include "compute/runtime/step_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace convoy::compute {
namespace {

// 1, 2, ..., `count`, in an order that is neither up nor down.
std::vector<double> Shuffled(int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(1 + (i * 37) % count);
  return values;
}

TEST(PercentileTest, IsTheValueAtTheNearestRank) {
  EXPECT_EQ(PercentileOf(Shuffled(1000), 99), 990);
  EXPECT_EQ(PercentileOf(Shuffled(200), 99), 198);
  EXPECT_EQ(PercentileOf(Shuffled(101), 99), 100) << "99 % of 101 are more than 99 values";
  EXPECT_EQ(PercentileOf(Shuffled(100), 99), 99);
  EXPECT_EQ(PercentileOf(Shuffled(100), 50), 50);
  EXPECT_EQ(PercentileOf(Shuffled(100), 100), 100);
}

TEST(PercentileTest, OfFewValuesIsTheLargest) {
  EXPECT_EQ(PercentileOf(Shuffled(99), 99), 99);
  EXPECT_EQ(PercentileOf({3, 9, 4}, 99), 9);
  EXPECT_EQ(PercentileOf({5}, 99), 5);
  EXPECT_EQ(PercentileOf({5}, 1), 5);
}

TEST(StepTimesTest, EveryStepGetsItsOwnFigures) {
  SessionReport report;
  report.steps.resize(3);
  StepTimes times(3);
  // Sums 11, 14, 30: the run of 14 is the median one, though not for each step.
  const double first[] = {10, 4, 20};
  const double second[] = {1, 10, 10};
  for (int repeat = 0; repeat < 3; ++repeat) {
    times.Add(0, first[repeat]);
    times.Add(1, second[repeat]);
  }
  times.Fill(report);
  EXPECT_EQ(report.steps[0].median_ms, 10);
  EXPECT_EQ(report.steps[0].min_ms, 4);
  EXPECT_EQ(report.steps[0].p99_ms, 20);
  EXPECT_EQ(report.steps[0].median_run_ms, 4);
  EXPECT_EQ(report.steps[1].median_run_ms, 10);
  EXPECT_EQ(report.steps[2].p99_ms, 0) << "what has no times is left alone";
}

TEST(StepTimesTest, OfNoTimesNothingIsFilled) {
  SessionReport report;
  report.steps.resize(1);
  StepTimes(1).Fill(report);
  EXPECT_EQ(report.steps[0].median_ms, 0);
}

}  // namespace
}  // namespace convoy::compute
