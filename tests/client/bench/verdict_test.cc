#include "client/bench/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::client {
namespace {

using testing::HasSubstr;

// 10 s at 100 calls a second, each answered in 10 ms.
LoadReport GoodRun() {
  LoadReport report;
  report.sent = report.sent_in_time = report.good = 1000;
  report.measured = report.elapsed = absl::Seconds(10);
  report.generator = {.cores = 0.3, .allowed_cores = 2, .busiest_thread = 0.3};
  for (int i = 0; i < 10; ++i) {
    report.windows.push_back({.start = absl::Seconds(i),
                              .sent = 100,
                              .good = 100,
                              .response = {{absl::Milliseconds(10), 100}}});
  }
  return report;
}

Verdict Judge(const LoadReport& report) {
  return JudgeRun(report, {.open_loop = true, .late_after = absl::Milliseconds(1)});
}

void ExpectInvalid(const LoadReport& report, const char* reason) {
  const Verdict verdict = Judge(report);
  EXPECT_FALSE(verdict.valid);
  ASSERT_FALSE(verdict.reasons.empty()) << reason;
  EXPECT_THAT(verdict.reasons[0], HasSubstr(reason));
}

TEST(VerdictTest, AGoodRunIsValidAndStable) {
  const Verdict verdict = Judge(GoodRun());
  EXPECT_TRUE(verdict.valid);
  EXPECT_TRUE(verdict.stable);
  EXPECT_TRUE(verdict.reasons.empty());
  EXPECT_TRUE(verdict.notes.empty());
}

TEST(VerdictTest, LateSendsAreTheGeneratorsFault) {
  LoadReport report = GoodRun();
  report.late = 10;
  EXPECT_TRUE(Judge(report).valid);
  report.late = 11;
  ExpectInvalid(report, "1.1 % of the calls were sent more than 1 ms late");
}

TEST(VerdictTest, ARateThatWasNotReachedIsTheGeneratorsFault) {
  LoadReport report = GoodRun();
  EXPECT_TRUE(KeptItsRate(report));
  report.sent_in_time = 980;
  EXPECT_FALSE(KeptItsRate(report));
  ExpectInvalid(report, "980 of 1000 calls");
}

TEST(VerdictTest, ABusyGeneratorIsTheLimit) {
  LoadReport report = GoodRun();
  report.generator.cores = 1.7;
  ExpectInvalid(report, "1.70 of its 2 cores");
  report = GoodRun();
  report.generator.busiest_thread = 0.99;
  ExpectInvalid(report, "--threads");
}

TEST(VerdictTest, WhatTheCapHeldBackIsANote) {
  LoadReport report = GoodRun();
  report.held = 300;
  report.sent_in_time = 700;
  report.unsent = 50;
  report.sent = 950;
  const Verdict verdict = Judge(report);
  EXPECT_TRUE(verdict.valid);
  ASSERT_EQ(verdict.notes.size(), 1U);
  EXPECT_THAT(verdict.notes[0], HasSubstr("held back 300 calls, 50 of them to the end"));
}

TEST(VerdictTest, DriftMakesARunUnstable) {
  LoadReport report = GoodRun();
  for (size_t i = 6; i < 9; ++i) report.windows[i].response[0].upto = absl::Milliseconds(12);
  EXPECT_FALSE(Judge(report).stable);
  EXPECT_TRUE(Judge(report).valid);
  report = GoodRun();
  for (size_t i = 0; i < 3; ++i) report.windows[i].good = 80;
  EXPECT_FALSE(Judge(report).stable);
  // Too short to say.
  report.windows.resize(3);
  EXPECT_TRUE(Judge(report).stable);
}

TEST(VerdictTest, LatenessIsMeasuredByTheGap) {
  EXPECT_EQ(LateAfter(0), absl::Milliseconds(1));
  EXPECT_EQ(LateAfter(1000), absl::Milliseconds(1));
  EXPECT_EQ(LateAfter(10), absl::Milliseconds(10));
}

}  // namespace
}  // namespace convoy::client
