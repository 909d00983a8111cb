#include "server/metrics/open_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "server/metrics/process_metrics.h"
#include "server/metrics/server_metrics.h"

namespace convoy::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(OpenMetrics, IsChosenByWhoAsksForItFirst) {
  // What Prometheus 2.42 sends.
  EXPECT_TRUE(
      PrefersOpenMetrics("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                         "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
  EXPECT_TRUE(PrefersOpenMetrics(" application/openmetrics-text"));
  for (const char* accept :
       {"", "*/*", "text/plain;version=0.0.4", "application/openmetrics-text;q=0",
        "text/plain, application/openmetrics-text;q=0.5", "application/openmetrics-text;q=x",
        "application/openmetrics-text2", ";;,,;q"}) {
    EXPECT_FALSE(PrefersOpenMetrics(accept)) << accept;
  }
}

TEST(OpenMetrics, EveryFamilyHasTheNameAndTypeThatTheSpecificationAllows) {
  MetricFamily total{.name = "a_total", .help = "Help", .type = MetricType::Counter};
  total.metric.emplace_back().counter.value = 3;
  MetricFamily triton{.name = "nv_count", .help = "H", .type = MetricType::Counter};
  triton.metric.emplace_back().counter.value = 1e9 + 1;
  MetricFamily gauge{.name = "g", .help = "back\\slash\nline", .type = MetricType::Gauge};
  gauge.metric.push_back({.label = {{"l", "quote\" back\\ line\n"}}, .gauge = {0.1}});
  EXPECT_EQ(RenderOpenMetrics({total, triton, gauge}, {}),
            "# HELP a Help\n# TYPE a counter\na_total 3\n"
            "# HELP nv_count H\n# TYPE nv_count unknown\nnv_count 1000000001\n"
            "# HELP g back\\\\slash\\nline\n# TYPE g gauge\n"
            "g{l=\"quote\\\" back\\\\ line\\n\"} 0.1\n"
            "# EOF\n");
}

TEST(OpenMetrics, ABucketNamesItsLatestTracedRequest) {
  ServerMetrics metrics;
  ModelMetrics& model = metrics.ForModel("net", 1);
  const auto count = [&](absl::Duration total, const std::string& trace_id) {
    model.CountRequest({.method = "ModelInfer",
                        .reached_queue = true,
                        .total = total,
                        .trace_id = trace_id,
                        .end = absl::FromUnixMillis(1'700'000'000'500)});
  };
  count(absl::Milliseconds(40), "first");
  count(absl::Milliseconds(45), "second");
  count(absl::Milliseconds(46), "");
  count(absl::Seconds(11), "slow");
  const std::string page = metrics.RenderOpenMetrics();
  const auto bucket = [](const char* bound, int number) {
    return absl::StrFormat(
        "convoy_request_duration_seconds_bucket{method=\"ModelInfer\",model=\"net\",version=\"1\","
        "le=\"%s\"} %d",
        bound, number);
  };
  EXPECT_THAT(page, HasSubstr(bucket("0.03", 0) + "\n"));
  EXPECT_THAT(page,
              HasSubstr(bucket("0.05", 3) + " # {trace_id=\"second\"} 0.045 1700000000.500\n"));
  EXPECT_THAT(page, HasSubstr(bucket("0.075", 3) + "\n"));
  EXPECT_THAT(page, HasSubstr(bucket("+Inf", 4) + " # {trace_id=\"slow\"} 11 1700000000.500\n"));
  EXPECT_THAT(page, EndsWith("# EOF\n"));
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("trace_id")));  // the text format has none
}

TEST(ProcessMetrics, ReadsTheLineWhateverTheProgramIsCalled) {
  const std::string rest =
      " S 1 2 3 4 5 6 7 8 9 10 700 300 14 15 16 17 18 19 5000 8192000 250 20 21";
  for (const char* name : {"(convoy)", "(a) b)", "()", "(1 2 3)"}) {
    const auto stat = ParseProcessStat(absl::StrFormat("77 %s%s", name, rest));
    ASSERT_TRUE(stat.has_value()) << name;
    EXPECT_EQ(stat->cpu_ticks, 1000);
    EXPECT_EQ(stat->start_ticks, 5000);
    EXPECT_EQ(stat->virtual_bytes, 8192000);
    EXPECT_EQ(stat->resident_pages, 250);
  }
  for (const char* text : {"", "77 (convoy", "77 (convoy) S 1 2", "77 (convoy) S x y z"}) {
    EXPECT_FALSE(ParseProcessStat(text).has_value()) << text;
  }
}

TEST(ProcessMetrics, TellOfThisProcess) {
  std::map<std::string, double> values;
  for (const MetricFamily& family : ReadProcessMetrics()) {
    const auto& metric = family.metric.at(0);
    values[family.name] =
        family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  EXPECT_GT(values["process_resident_memory_bytes"], 1 << 20);
  EXPECT_GT(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  EXPECT_GE(values["process_open_fds"], 3);
  EXPECT_GT(values["process_max_fds"], values["process_open_fds"]);
  EXPECT_GE(values["process_cpu_seconds_total"], 0);
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_LE(values["process_start_time_seconds"], now + 2);  // its boot time is in whole seconds
  EXPECT_GT(values["process_start_time_seconds"], now - 86400);
}

}  // namespace
}  // namespace convoy::server
