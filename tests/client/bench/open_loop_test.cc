#include "client/bench/open_loop.h"

#include <gtest/gtest.h>

#include "tests/client/bench/simulated_queue.h"

namespace convoy::client {
namespace {

using Action = OpenLoop::Action;

Arrivals Even(double rate, absl::Duration length) {
  return Arrivals::OfCurve(*RateCurve::Create({{rate, rate, length}}), {});
}

TEST(OpenLoopTest, SendsWhatIsDueAndWaitsForTheRest) {
  OpenLoop loop(Even(10, absl::Seconds(1)), {});
  EXPECT_EQ(loop.Decide(absl::ZeroDuration(), 0).what, Action::kSend);
  const auto wait = loop.Decide(absl::Milliseconds(99), 1);
  EXPECT_EQ(wait.what, Action::kWait);
  EXPECT_EQ(wait.at, absl::Milliseconds(100));
  // Late: the calls are sent one by one, each from when it was due.
  EXPECT_EQ(loop.Decide(absl::Milliseconds(350), 1).at, absl::Milliseconds(100));
  EXPECT_EQ(loop.Decide(absl::Milliseconds(350), 2).at, absl::Milliseconds(200));
  EXPECT_EQ(loop.Decide(absl::Milliseconds(350), 3).at, absl::Milliseconds(300));
  EXPECT_EQ(loop.Decide(absl::Milliseconds(350), 4).what, Action::kWait);
}

TEST(OpenLoopTest, TheCapHoldsBackAndSaysSo) {
  OpenLoop loop(Even(10, absl::Seconds(1)), {.max_in_flight = 2});
  EXPECT_EQ(loop.Decide(absl::Milliseconds(500), 2).what, Action::kHeld);
  const auto held = loop.Decide(absl::Milliseconds(600), 1);
  EXPECT_EQ(held.what, Action::kSend);
  EXPECT_TRUE(held.held);
  EXPECT_FALSE(loop.Decide(absl::Milliseconds(600), 1).held);
}

TEST(OpenLoopTest, EndsByTimeOrByCount) {
  OpenLoop by_time(Even(10, absl::Milliseconds(250)), {});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(by_time.Decide(absl::Seconds(1), 0).what, Action::kSend);
  EXPECT_EQ(by_time.Decide(absl::Seconds(1), 0).what, Action::kOver);
  OpenLoop by_count(Even(10, absl::Seconds(10)), {.calls = 2, .count_from = absl::Seconds(1)});
  int sent = 0;
  while (by_count.Decide(absl::Seconds(10), 0).what == Action::kSend) ++sent;
  EXPECT_EQ(sent, 12);
}

TEST(OpenLoopTest, TellsWhatWasNeverSent) {
  OpenLoop loop(Even(10, absl::Seconds(1)), {.max_in_flight = 1});
  EXPECT_EQ(loop.Decide(absl::ZeroDuration(), 0).what, Action::kSend);
  EXPECT_EQ(loop.TakeUnsent(absl::Milliseconds(250)), absl::Milliseconds(100));
  EXPECT_EQ(loop.TakeUnsent(absl::Milliseconds(250)), absl::Milliseconds(200));
  EXPECT_EQ(loop.TakeUnsent(absl::Milliseconds(250)), std::nullopt);
}

// The drill that tools without intended times fail: a server that stalls a second in every ten.
TEST(OpenLoopTest, ResponseTimesShowAStallThatServiceTimesHide) {
  const LoadReport report =
      Simulate(Even(200, absl::Seconds(60)),
               {.pacing = {.max_in_flight = 4},
                .serve = Stalling(absl::Milliseconds(2), absl::Seconds(1), absl::Seconds(10))});
  EXPECT_EQ(report.good, 12'000);
  EXPECT_GE(report.response.Percentile(99), absl::Milliseconds(800));
  EXPECT_LE(report.service.Percentile(99), absl::Milliseconds(10));
  EXPECT_GT(report.held, 0);
  EXPECT_EQ(report.late, 0);
}

TEST(OpenLoopTest, WithoutACapBothShowIt) {
  const LoadReport report =
      Simulate(Even(200, absl::Seconds(60)),
               {.serve = Stalling(absl::Milliseconds(2), absl::Seconds(1), absl::Seconds(10))});
  EXPECT_GE(report.response.Percentile(99), absl::Milliseconds(800));
  EXPECT_EQ(report.service.Percentile(99), report.response.Percentile(99));
  EXPECT_EQ(report.held, 0);
}

TEST(OpenLoopTest, AQueueAtHalfItsCapacityAgreesWithTheory) {
  // M/D/1 at half load: the mean wait is rho / (2 (1 - rho)) services.
  const auto curve = RateCurve::Create({{250, 250, absl::Seconds(400)}});
  const LoadReport report =
      Simulate(Arrivals::OfCurve(*curve, {.process = ArrivalProcess::kPoisson}),
               {.serve = Always(absl::Milliseconds(2))});
  EXPECT_NEAR(absl::ToDoubleMilliseconds(report.response.mean()), 3, 0.1);
}

}  // namespace
}  // namespace convoy::client
