#include "compute/vulkan/hazards.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

constexpr ByteRange kLow{0, 0, 100};
constexpr ByteRange kHigh{0, 100, 200};
constexpr ByteRange kMiddle{0, 50, 150};
constexpr ByteRange kElsewhere{1, 0, 100};

bool Next(HazardTracker& tracker, std::vector<ByteRange> reads, std::vector<ByteRange> writes) {
  return tracker.NextNeedsBarrier(reads, writes);
}

TEST(HazardTrackerTest, AReaderWaitsForItsWriter) {
  HazardTracker tracker;
  EXPECT_FALSE(Next(tracker, {}, {kLow}));
  EXPECT_TRUE(Next(tracker, {kLow}, {kHigh}));
}

TEST(HazardTrackerTest, AWriterWaitsForReadersAndWriters) {
  HazardTracker tracker;
  EXPECT_FALSE(Next(tracker, {kLow}, {}));
  EXPECT_TRUE(Next(tracker, {}, {kMiddle}));
  EXPECT_TRUE(Next(tracker, {}, {kHigh}));
}

TEST(HazardTrackerTest, IndependentCommandsShareAGroup) {
  HazardTracker tracker;
  EXPECT_FALSE(Next(tracker, {kLow}, {kHigh}));
  EXPECT_FALSE(Next(tracker, {kLow}, {kElsewhere}));
  EXPECT_FALSE(Next(tracker, {kLow}, {}));
}

TEST(HazardTrackerTest, NeighboursDoNotTouch) {
  HazardTracker tracker;
  EXPECT_FALSE(Next(tracker, {}, {kLow}));
  EXPECT_FALSE(Next(tracker, {kHigh}, {}));
}

TEST(HazardTrackerTest, ABarrierForgetsWhatIsBeforeItButNotItsCommand) {
  HazardTracker tracker;
  EXPECT_FALSE(Next(tracker, {}, {kLow}));
  EXPECT_TRUE(Next(tracker, {kLow}, {kHigh}));
  EXPECT_FALSE(Next(tracker, {kLow}, {}));
  EXPECT_TRUE(Next(tracker, {kHigh}, {}));
  tracker.Clear();
  EXPECT_FALSE(Next(tracker, {}, {kHigh}));
}

}  // namespace
}  // namespace convoy::compute
