#include "client/bench/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::client {
namespace {

using testing::HasSubstr;

LoadReport RunOf(int64_t good, absl::Duration latency, absl::Duration elapsed) {
  LoadReport report;
  report.response.Record(latency, good);
  report.good = report.sent = good;
  report.elapsed = report.measured = elapsed;
  return report;
}

const ScenarioLine& LineOf(const ScenarioVerdict& verdict, const char* name) {
  for (const ScenarioLine& line : verdict.lines) {
    if (line.name.find(name) != std::string::npos) return line;
  }
  ADD_FAILURE() << name;
  return verdict.lines[0];
}

TEST(ScenarioTest, HasMlperfsNumbers) {
  EXPECT_EQ(ParseScenario("multi-stream")->samples_per_query, 8);
  EXPECT_EQ(ParseScenario("multi-stream")->fewest_queries, 662);
  EXPECT_DOUBLE_EQ(ParseScenario("single-stream")->percentile, 0.9);
  EXPECT_DOUBLE_EQ(ParseScenario("server")->percentile, 0.99);
  EXPECT_EQ(ParseScenario("offline")->fewest_queries, 24'576);
  for (const char* name : {"single-stream", "multi-stream", "server", "offline"}) {
    EXPECT_EQ(ParseScenario(name)->fewest_time, absl::Seconds(600)) << name;
  }
  EXPECT_THAT(std::string(ParseScenario("edge").status().message()), HasSubstr("offline"));
}

TEST(ScenarioTest, ServerStopsEarlyByTheTable) {
  ScenarioRules rules = *ParseScenario("server");
  rules.limit = absl::Milliseconds(15);
  LoadReport report = RunOf(661, absl::Milliseconds(10), absl::Seconds(600));
  report.response.Record(absl::Milliseconds(20));
  ++report.good;
  ScenarioVerdict verdict = JudgeScenario(rules, report);
  EXPECT_TRUE(verdict.valid);
  report = RunOf(660, absl::Milliseconds(10), absl::Seconds(600));
  report.response.Record(absl::Milliseconds(20));
  ++report.good;
  verdict = JudgeScenario(rules, report);
  EXPECT_FALSE(verdict.valid);
  EXPECT_TRUE(LineOf(verdict, "Performance").met);
  EXPECT_FALSE(LineOf(verdict, "Early").met);
  EXPECT_THAT(LineOf(verdict, "Early").why, HasSubstr("662"));
}

TEST(ScenarioTest, AShortRunIsInvalidAndSaysSo) {
  const ScenarioVerdict verdict = JudgeScenario(
      *ParseScenario("single-stream"), RunOf(100, absl::Milliseconds(10), absl::Seconds(10)));
  EXPECT_FALSE(verdict.valid);
  EXPECT_FALSE(LineOf(verdict, "duration").met);
  EXPECT_TRUE(LineOf(verdict, "Early").met);
  EXPECT_NEAR(verdict.result, 10, 0.1);
  EXPECT_THAT(verdict.result_name, HasSubstr("90th"));
}

TEST(ScenarioTest, OfflineCountsSamples) {
  ScenarioRules rules = *ParseScenario("offline");
  rules.samples_per_query = 8;
  const ScenarioVerdict verdict =
      JudgeScenario(rules, RunOf(30'000, absl::Milliseconds(10), absl::Seconds(600)));
  EXPECT_TRUE(verdict.valid);
  EXPECT_NEAR(verdict.result, 400, 1);
  LoadReport failed = RunOf(30'000, absl::Milliseconds(10), absl::Seconds(600));
  failed.failed = 1;
  EXPECT_FALSE(JudgeScenario(rules, failed).valid);
}

}  // namespace
}  // namespace convoy::client
