#include "client/bench/svg_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace convoy::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(TicksTest, AreRoundAndSpanTheRange) {
  EXPECT_THAT(NiceTicks(0, 100), ElementsAre(0, 50, 100));
  EXPECT_THAT(NiceTicks(0, 7), ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(LogTicks(1, 10), ElementsAre(1, 2, 5, 10));
  EXPECT_THAT(LogTicks(3, 40), ElementsAre(2, 5, 10, 20, 50));
  const std::vector<double> wide = LogTicks(0.5, 20'000);
  EXPECT_LE(wide.size(), 7U);
  EXPECT_LE(wide.front(), 0.5);
  EXPECT_GE(wide.back(), 20'000);
  for (const double high : {1e-6, 0.3, 1.0, 17.0, 999.0, 123456.0}) {
    const std::vector<double> ticks = NiceTicks(0, high);
    EXPECT_GE(ticks.size(), 2U) << high;
    EXPECT_LE(ticks.size(), 8U) << high;
    EXPECT_GE(ticks.back(), high * 0.999) << high;
  }
}

TEST(EscapedTest, LeavesNothingThatMarksUp) {
  EXPECT_EQ(Escaped("<b a=\"x\">&"), "&lt;b a=&quot;x&quot;&gt;&amp;");
}

TEST(LinePlotTest, DrawsEverySeriesInsideTheFrame) {
  LinePlot plot{.x = {.label = "<x>"}, .y = {.label = "ms", .log = true}, .dots = true};
  plot.series = {{"p50", {{0, 1}, {10, 0}, {20, 100}}}, {"p99", {{0, INFINITY}, {20, 50}}}};
  plot.limit = {15, "goal"};
  const std::string svg = ToSvg(plot);
  EXPECT_THAT(svg, HasSubstr("class=\"line s0\""));
  EXPECT_THAT(svg, HasSubstr("class=\"line s1\""));
  EXPECT_THAT(svg, HasSubstr(">goal<"));
  EXPECT_THAT(svg, HasSubstr("&lt;x&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(LinePlotTest, AScatterIsDotsThatSayWhatTheyAre) {
  LinePlot plot{.x = {.label = "flop/byte", .log = true}, .y = {.label = "GF/s", .log = true}};
  plot.series = {{.name = "layers",
                  .points = {{1, 5}, {0.5, 90}, {8, 20}},
                  .scatter = true,
                  .titles = {"<conv1>", "conv2", "fc"}}};
  const std::string svg = ToSvg(plot);
  EXPECT_THAT(svg, Not(HasSubstr("<path")));
  EXPECT_THAT(svg, HasSubstr("<title>&lt;conv1&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("<title>fc</title>"));
}

TEST(LinePlotTest, NothingToDrawIsStillAPlot) {
  EXPECT_THAT(ToSvg(LinePlot{}), HasSubstr("</svg>"));
  EXPECT_THAT(ToSvg(StackedBars{}), HasSubstr("</svg>"));
}

TEST(StackedBarsTest, TellsItsPartsAndSums) {
  const std::string svg =
      ToSvg(StackedBars{.unit = "ms", .parts = {"queue", "compute"}, .rows = {{"All", {1, 3}}}});
  EXPECT_THAT(svg, HasSubstr("All: 4 ms"));
  EXPECT_THAT(svg, HasSubstr("compute: 3 ms"));
}

}  // namespace
}  // namespace convoy::client
