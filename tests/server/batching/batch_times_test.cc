#include "server/batching/batch_times.h"

#include <gtest/gtest.h>

namespace convoy::server {
namespace {

using compute::Width;

BatchTimes TwoBuckets() {
  return BatchTimes(
      {{.rows = 1, .wide = absl::Milliseconds(6), .narrow = absl::Milliseconds(10)},
       {.rows = 4, .wide = absl::Milliseconds(24), .narrow = absl::Milliseconds(40)}});
}

TEST(BatchTimes, BeginWithWhatWasMeasuredAtLoad) {
  const BatchTimes times = TwoBuckets();
  EXPECT_EQ(times.expected()[0].wide, absl::Milliseconds(6));
  EXPECT_EQ(times.expected()[1].narrow, absl::Milliseconds(40));
}

TEST(BatchTimes, FollowWhatRuns) {
  BatchTimes times = TwoBuckets();
  times.Add(4, Width::kWide, absl::Milliseconds(44));
  EXPECT_EQ(times.expected()[1].wide, absl::Milliseconds(28));
  for (int i = 0; i < 100; ++i) times.Add(4, Width::kWide, absl::Milliseconds(44));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(times.expected()[1].wide), 44, 0.01);
  EXPECT_EQ(times.expected()[1].narrow, absl::Milliseconds(40));
  EXPECT_EQ(times.expected()[0].wide, absl::Milliseconds(6));
}

TEST(BatchTimes, AnUnknownPlanIsLeftOut) {
  BatchTimes times = TwoBuckets();
  times.Add(3, Width::kWide, absl::Milliseconds(1));
  EXPECT_EQ(times.expected().size(), 2);
  BatchTimes none({});
  none.Add(1, Width::kWide, absl::Milliseconds(1));
  EXPECT_TRUE(none.expected().empty());
}

TEST(BatchTimes, WhatIsNeverPreferredIsTriedAgain) {
  BatchTimes times = TwoBuckets();
  int batches = 0;
  while (times.expected()[0].narrow > times.expected()[0].wide) {
    times.Prefer(1, Width::kWide, /*wide_possible=*/true);
    ++batches;
  }
  EXPECT_GT(batches, 200);
  EXPECT_LT(batches, 2000);
  // The trial finds it as slow as before, and that settles it for long.
  times.Add(1, Width::kNarrow, absl::Milliseconds(10));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(times.expected()[0].narrow), 10, 0.01);
}

TEST(BatchTimes, ATrialThatFindsAChangeCounts) {
  BatchTimes times = TwoBuckets();
  for (int i = 0; i < 2000; ++i) times.Prefer(1, Width::kWide, /*wide_possible=*/true);
  times.Add(1, Width::kNarrow, absl::Milliseconds(5));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(times.expected()[0].narrow), 5, 1);
}

TEST(BatchTimes, WhatCouldNotRunKeepsItsFigure) {
  BatchTimes times = TwoBuckets();
  times.Prefer(1, Width::kNarrow, /*wide_possible=*/false);
  EXPECT_EQ(times.expected()[0].wide, absl::Milliseconds(6));
  EXPECT_EQ(times.expected()[0].narrow, absl::Milliseconds(10));
  EXPECT_LT(times.expected()[1].narrow, absl::Milliseconds(40));
}

}  // namespace
}  // namespace convoy::server
