#include "cli/tune_gain.h"

#include <gtest/gtest.h>

#include <vector>

namespace convoy::cli {
namespace {

TEST(TuneGainTest, StudentsIntervalOfTheRatios) {
  // Ratios of 1.1, 1.2, 1.3: logarithms 0.09531, 0.18232, 0.26236; mean 0.18000, standard
  // deviation 0.08355; half of the interval 4.303 * 0.08355 / sqrt(3) = 0.20756.
  const TuneGain gain = GainOf(std::vector<TuneRound>{{100, 110}, {50, 60}, {200, 260}});
  EXPECT_NEAR(gain.change, 0.19721, 1e-4);
  EXPECT_NEAR(gain.interval.low, -0.02718, 1e-3);
  EXPECT_NEAR(gain.interval.high, 0.47340, 1e-3);
  EXPECT_FALSE(gain.certain);
}

TEST(TuneGainTest, RoundsThatAgreeAreCertain) {
  const TuneGain gain =
      GainOf(std::vector<TuneRound>{{100, 110}, {80, 88.1}, {120, 132}, {90, 98.9}});
  EXPECT_TRUE(gain.certain);
  EXPECT_NEAR(gain.change, 0.1, 0.002);
  EXPECT_EQ(ToString(gain).substr(0, 6), "+10.0 ");
}

TEST(TuneGainTest, ALossIsNoGain) {
  EXPECT_FALSE(GainOf(std::vector<TuneRound>{{100, 90}, {100, 90}, {100, 90.1}}).certain);
}

TEST(TuneGainTest, FewRoundsOrNoRateSayNothing) {
  EXPECT_FALSE(GainOf({}).certain);
  const TuneGain two = GainOf(std::vector<TuneRound>{{100, 200}, {100, 200}});
  EXPECT_NEAR(two.change, 1, 1e-9);
  EXPECT_FALSE(two.certain);
  EXPECT_EQ(ToString(two), "+100.0 % (too few rounds for an interval)");
  EXPECT_FALSE(GainOf(std::vector<TuneRound>{{0, 9}, {9, 9}, {9, 9}, {9, 9}}).certain);
}

}  // namespace
}  // namespace convoy::cli
