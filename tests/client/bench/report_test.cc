#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/bench/recorder.h"
#include "client/bench/report_html.h"
#include "client/bench/report_json.h"
#include "client/bench/report_text.h"

namespace convoy::client {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// 3 s at 100 calls a second; every tenth fails, the server tells its times.
RunRecord Run(double rate) {
  Recorder recorder({.measure_until = absl::Seconds(3)});
  for (int i = 0; i < 300; ++i) {
    const absl::Duration due = absl::Milliseconds(10 * i);
    CallOutcome outcome{.server = ServerTimes{absl::Milliseconds(1), absl::Milliseconds(2),
                                              absl::Milliseconds(3), absl::Milliseconds(7), 4}};
    outcome.right = i % 2 == 0;
    if (i % 10 == 9) outcome = {.status = absl::InternalError("<script>\x1b[2J")};
    recorder.Ended({due, due + absl::Milliseconds(1), due + absl::Milliseconds(10 + i % 7)},
                   outcome);
  }
  RunRecord run{.load = {.open_loop = true, .rate = rate, .plan = "100@3s", .arrivals = "poisson"},
                .report = recorder.Finish()};
  run.server = ModelCounters{.rows = 540,
                             .batches = 135,
                             .requests = 270,
                             .total = absl::Seconds(2.7),
                             .queue = absl::Seconds(0.27)};
  run.goals = Evaluate(*ParseSlo("p99=15ms"), run.report);
  run.verdict = JudgeRun(run.report, {.open_loop = true, .late_after = absl::Milliseconds(1)});
  return run;
}

BenchRecord Bench(int runs) {
  BenchRecord bench{.tool_version = "1.0",
                    .started_at = "2026-01-01T00:00:00Z",
                    .command = "convoy bench",
                    .seed = 1,
                    .host = {{"cpu", "x<y>"}},
                    .labels = {},
                    .url = "localhost:8001",
                    .server = {},
                    .model = "lenet5",
                    .model_version = "",
                    .input = "random"};
  bench.rows_per_call = 2;
  for (int i = 0; i < runs; ++i) bench.runs.push_back(Run(100 + i));
  bench.slo = *ParseSlo("p99=15ms");
  bench.result = bench.runs.size() - 1;
  return bench;
}

TEST(ReportJsonTest, OneRunStandsAtTheTop) {
  const auto json = nlohmann::json::parse(ToJsonText(Bench(1)));
  EXPECT_EQ(json["schema_version"], kSchemaVersion);
  EXPECT_EQ(json["calls"]["good"], 270);
  EXPECT_EQ(json["calls"]["failed"], 30);
  EXPECT_EQ(json["load"]["mode"], "open");
  EXPECT_EQ(json["latency_ms"]["count"], 270);
  EXPECT_EQ(json["service_ms"]["count"], 270);
  EXPECT_EQ(json["attempts_ms"]["count"], 300);
  EXPECT_EQ(json["windows"].size(), 4U);
  EXPECT_EQ(json["errors"]["INTERNAL"]["count"], 30);
  EXPECT_NEAR(json["stages_ms"]["all"]["queue"].get<double>(), 2, 1e-9);
  EXPECT_NEAR(json["server_means"]["batch_size"].get<double>(), 4, 1e-9);
  EXPECT_EQ(json["accuracy"]["judged"], 270);
  EXPECT_NEAR(json["images_per_second"].get<double>(), 2 * json["calls_per_second"].get<double>(),
              1e-6);
}

TEST(ReportJsonTest, ComparisonsReadItBack) {
  const auto run = ParseReport(ToJsonText(Bench(1)));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->model, "lenet5");
  EXPECT_EQ(run->response.count(), 270);
  ASSERT_EQ(run->sample.seconds.size(), 3U);
  EXPECT_FALSE(Compare(*run, *run).metrics[0].significant());
  const auto of_several = ParseReport(ToJsonText(Bench(3)));
  ASSERT_TRUE(of_several.ok()) << of_several.status();
  EXPECT_THAT(of_several->load, HasSubstr("102"));
  for (const char* wrong : {"", "{}", R"({"schema_version": 1})", "[1]"}) {
    EXPECT_FALSE(ParseReport(wrong).ok()) << wrong;
  }
}

TEST(ReportTextTest, ShowsBothViewsAndTheVerdict) {
  const std::string text = ToText(Bench(1));
  for (const char* part : {"open loop, 100@3s, poisson", "images/s", "270 good, 30 failed",
                           "response ms", "service ms", "slowest 1 %", "p99 <= 15ms", "verdict",
                           "top-1", "Response time counts from when a call was due"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(ToText(Bench(2)), HasSubstr("100/s"));
}

TEST(ReportCsvTest, HasPerfAnalyzersHeader) {
  const std::string csv = ToCsv(Bench(2));
  EXPECT_THAT(csv, StartsWith("Request Rate,Inferences/Second,Client Send,Network+Server Send/Recv,"
                              "Server Queue,Server Compute Input,Server Compute Infer,"
                              "Server Compute Output,Client Recv,p50 latency,p90 latency,"
                              "p95 latency,p99 latency\n100,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_THAT(csv, HasSubstr(",1000,"));  // the queue's mean in microseconds
}

TEST(ReportHtmlTest, HoldsEverythingAndNothingForeign) {
  const std::string html = ToHtml(Bench(3));
  for (const char* part : {"Latency against rate", "Percentiles", "Where the time goes",
                           "Calls a second", "Latency over time", "prefers-color-scheme:dark",
                           "x&lt;y&gt;", "id=\"report\"", "INTERNAL"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
  const size_t begin = html.find('>', html.find("id=\"report\"")) + 1;
  const auto json =
      nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  EXPECT_EQ(json["runs"].size(), 3U);
}

TEST(ProgressLineTest, FitsALine) {
  const std::string line = ProgressLine({.seconds = 12,
                                         .good = 2400,
                                         .calls_per_second = 200.1,
                                         .p50 = absl::Milliseconds(3),
                                         .p99 = absl::Seconds(1)},
                                        4);
  EXPECT_EQ(line,
            "12 s  200.1 calls/s  p50 3.00 ms  p99 1000 ms  4 in flight  2400 good, 0 failed");
}

}  // namespace
}  // namespace convoy::client
