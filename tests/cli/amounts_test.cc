#include "cli/amounts.h"

#include <gtest/gtest.h>

namespace convoy::cli {
namespace {

TEST(AmountsTest, CountsAreGroupedByThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(25557032), "25,557,032");
  EXPECT_EQ(Grouped(-1234), "-1,234");
}

TEST(AmountsTest, MetricAmountsHaveThreeDigits) {
  EXPECT_EQ(Metric(0), "0");
  EXPECT_EQ(Metric(999), "999");
  EXPECT_EQ(Metric(999.6), "1.00 k");
  EXPECT_EQ(Metric(12345), "12.3 k");
  EXPECT_EQ(Metric(999600), "1.00 M");
  EXPECT_EQ(Metric(4.089e9), "4.09 G");
  EXPECT_EQ(Metric(2e18), "2000 P") << "there is no larger unit";
}

TEST(AmountsTest, BytesCountByTwoToTheTen) {
  EXPECT_EQ(Binary(1023), "1023 B");
  EXPECT_EQ(Binary(1024), "1.00 KiB");
  EXPECT_EQ(Binary(int64_t{102} << 20), "102 MiB");
  EXPECT_EQ(Binary(int64_t{1023} << 20), "1.00 GiB");
}

}  // namespace
}  // namespace convoy::cli
