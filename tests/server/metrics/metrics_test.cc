#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "server/metrics/metrics_endpoint.h"
#include "server/metrics/server_metrics.h"
#include "tests/support/http_get.h"

namespace convoy::server {
namespace {

using ::convoy::testing::HttpGet;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ServerMetrics, CountsARequestOnce) {
  ServerMetrics metrics;
  ModelMetrics& model = metrics.ForModel("net", 3);
  model.BeginRequest();
  model.CountRequest({.method = "ModelInfer",
                      .rows = 4,
                      .reached_queue = true,
                      .total = absl::Milliseconds(12),
                      .queue = absl::Milliseconds(2),
                      .compute = absl::Milliseconds(9)});
  model.CountBatch({.rows = 4});
  model.SetQueueSize(5);
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("nv_inference_request_success{model=\"net\",version=\"3\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("nv_inference_count{model=\"net\",version=\"3\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("nv_inference_exec_count{model=\"net\",version=\"3\"} 1\n"));
  EXPECT_THAT(page,
              HasSubstr("nv_inference_request_duration_us{model=\"net\",version=\"3\"} 12000"));
  EXPECT_THAT(page, HasSubstr("nv_inference_queue_duration_us{model=\"net\",version=\"3\"} 2000"));
  EXPECT_THAT(page, HasSubstr("nv_inference_pending_request_count{model=\"net\",version=\"3\"} 5"));
  EXPECT_THAT(page,
              HasSubstr("convoy_requests_total{code=\"OK\",method=\"ModelInfer\",model=\"net\","
                        "version=\"3\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("convoy_request_duration_seconds_bucket{method=\"ModelInfer\",model="
                              "\"net\",version=\"3\",le=\"0.015\"} 1\n"));
  EXPECT_THAT(page,
              HasSubstr("convoy_batch_size_bucket{model=\"net\",version=\"3\",le=\"2\"} 0\n"));
  EXPECT_THAT(page,
              HasSubstr("convoy_batch_size_bucket{model=\"net\",version=\"3\",le=\"4\"} 1\n"));
}

TEST(ServerMetrics, TheStagesOfAnAnsweredRequestMakeUpTheWhole) {
  ServerMetrics metrics;
  ModelMetrics& model = metrics.ForModel("net", 1);
  model.CountRequest({.method = "ModelInfer",
                      .rows = 1,
                      .reached_queue = true,
                      .total = absl::Milliseconds(128),
                      .queue = absl::Milliseconds(2),
                      .gather = absl::Milliseconds(4),
                      .compute = absl::Milliseconds(64),
                      .scatter = absl::Milliseconds(8),
                      .decode = absl::Milliseconds(32),
                      .encode = absl::Milliseconds(18)});
  // One that failed has no stages.
  model.CountRequest(
      {.method = "ModelInfer", .code = absl::StatusCode::kUnavailable, .reached_queue = true});
  const std::pair<const char*, const char*> sums[] = {{"decode", "0.032"}, {"queue", "0.002"},
                                                      {"input", "0.004"},  {"compute", "0.064"},
                                                      {"output", "0.008"}, {"encode", "0.018"}};
  const std::string page = metrics.RenderOpenMetrics();
  for (const auto& [stage, sum] : sums) {
    const std::string labels = absl::StrFormat("{model=\"net\",stage=\"%s\",version=\"1\"}", stage);
    EXPECT_THAT(
        page, HasSubstr(absl::StrFormat("convoy_stage_duration_seconds_sum%s %s\n", labels, sum)));
    EXPECT_THAT(page,
                HasSubstr(absl::StrFormat("convoy_stage_duration_seconds_count%s 1\n", labels)));
  }
}

TEST(ServerMetrics, RequestsThatAreNotAnsweredYetAreAGauge) {
  ServerMetrics metrics;
  ModelMetrics& model = metrics.ForModel("net", 1);
  for (int i = 0; i < 3; ++i) model.BeginRequest();
  model.CountRequest({.method = "ModelInfer"});
  EXPECT_THAT(metrics.Render(),
              HasSubstr("convoy_inflight_requests{model=\"net\",version=\"1\"} 2\n"));
}

TEST(ServerMetrics, TagsOfTheConfigAreLabels) {
  ServerMetrics metrics;
  metrics.ForLoadedModel("net", 1, {{"team", "vision"}, {"_own", "x"}}).CountBatch({.rows = 1});
  const auto batches = [&](const char* labels, int count) {
    return HasSubstr(absl::StrFormat("convoy_batches_total{%s} %d\n", labels, count));
  };
  EXPECT_THAT(metrics.Render(),
              batches("_own=\"x\",_team=\"vision\",model=\"net\",version=\"1\"", 1));
  // A request finds the version as it was loaded last; what runs on a former load stays there.
  ModelMetrics& former = metrics.ForModel("net", 1);
  ModelMetrics& latest = metrics.ForLoadedModel("net", 1, {{"team", "speech"}});
  EXPECT_EQ(&latest, &metrics.ForModel("net", 1));
  EXPECT_NE(&latest, &former);
  latest.CountBatch({.rows = 1});
  former.CountBatch({.rows = 1});
  EXPECT_THAT(metrics.Render(), batches("_team=\"speech\",model=\"net\",version=\"1\"", 1));
  EXPECT_THAT(metrics.Render(),
              batches("_own=\"x\",_team=\"vision\",model=\"net\",version=\"1\"", 2));
}

TEST(ServerMetrics, TagsThatChangeAtEveryLoadMakeNoSeriesWithoutEnd) {
  ServerMetrics metrics;
  for (int i = 0; i < 1000; ++i) {
    metrics.ForLoadedModel("net", 1, {{"load", absl::StrFormat("%d", i)}}).CountBatch({.rows = 1});
  }
  const std::string page = metrics.Render();
  int series = 0;
  for (size_t at = 0; (at = page.find("convoy_batches_total{", at)) != std::string::npos; ++at) {
    ++series;
  }
  EXPECT_EQ(series, static_cast<int>(ServerMetrics::kMaxTagChanges) + 1);
  EXPECT_THAT(page, HasSubstr(" 984\n"));
}

TEST(ServerMetrics, ADeviceTellsOfItsMemoryAtEveryScrape) {
  ServerMetrics metrics;
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("convoy_device_info")));
  int64_t used = 100;
  metrics.SetDevice({.id = "vulkan:0", .name = "A GPU", .uuid = "GPU-7"}, [&used] {
    return DeviceMemory{.total_bytes = 1000, .budget_bytes = 800, .used_bytes = used};
  });
  EXPECT_THAT(metrics.Render(), HasSubstr("nv_gpu_memory_used_bytes{gpu_uuid=\"GPU-7\"} 100\n"));
  used = 250;
  const std::string page = metrics.Render();
  for (const char* line :
       {"nv_gpu_memory_used_bytes{gpu_uuid=\"GPU-7\"} 250\n",
        "nv_gpu_memory_total_bytes{gpu_uuid=\"GPU-7\"} 1000\n",
        "convoy_device_memory_bytes{device=\"vulkan:0\",kind=\"budget\"} 800\n",
        "convoy_device_info{device=\"vulkan:0\",gpu_uuid=\"GPU-7\",name=\"A GPU\"} 1\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST(ServerMetrics, ADeviceWithoutMemoryOfItsOwnHasOnlyAName) {
  ServerMetrics metrics("1.2.3");
  metrics.SetDevice({.id = "cpu", .name = "A CPU"}, [] { return std::nullopt; });
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("convoy_device_info{device=\"cpu\""));
  EXPECT_THAT(page, HasSubstr("convoy_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("device_memory")));
  EXPECT_THAT(page, Not(HasSubstr("nv_gpu")));
}

TEST(ServerMetrics, FailuresAreThereFromTheStartAndByReason) {
  ServerMetrics metrics;
  ModelMetrics& model = metrics.ForModel("net", 1);
  const auto failure = [](const std::string& reason, int count) {
    return absl::StrFormat(
        "nv_inference_request_failure{model=\"net\",reason=\"%s\",version=\"1\"} %d\n", reason,
        count);
  };
  for (const char* reason : {"BACKEND", "CANCELED", "OTHER", "REJECTED"}) {
    EXPECT_THAT(metrics.Render(), HasSubstr(failure(reason, 0)));
  }
  model.CountRequest(
      {.method = "ModelInfer", .code = absl::StatusCode::kUnavailable, .reached_queue = true});
  model.CountRequest(
      {.method = "ModelInfer", .code = absl::StatusCode::kCancelled, .reached_queue = true});
  model.CountRequest(
      {.method = "ModelInfer", .code = absl::StatusCode::kInternal, .reached_queue = true});
  model.CountRequest({.method = "ModelInfer", .code = absl::StatusCode::kInvalidArgument});
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr(failure("REJECTED", 1)));
  EXPECT_THAT(page, HasSubstr(failure("CANCELED", 1)));
  EXPECT_THAT(page, HasSubstr(failure("BACKEND", 1)));
  EXPECT_THAT(page, HasSubstr(failure("OTHER", 0)));  // malformed: never reached the model
  EXPECT_THAT(page, HasSubstr("code=\"INVALID_ARGUMENT\""));
}

TEST(ServerMetrics, AnUnknownModelIsNoLabel) {
  ServerMetrics metrics;
  metrics.CountUnknownModel("ModelInfer", absl::StatusCode::kNotFound);
  EXPECT_THAT(metrics.Render(),
              HasSubstr("convoy_requests_total{code=\"NOT_FOUND\",method=\"ModelInfer\",model=\"\","
                        "version=\"\"} 1"));
}

TEST(MetricsEndpoint, AnswersProbesAndScrapes) {
  ServerMetrics metrics;
  metrics.ForModel("net", 1);
  absl::Status ready = absl::UnavailableError("the models are loading");
  const auto endpoint = MetricsEndpoint::Start("127.0.0.1", 0, metrics, [&ready] { return ready; });
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const int port = (*endpoint)->port();
  EXPECT_THAT(HttpGet(port, "/metrics"), HasSubstr("nv_inference_count{model=\"net\""));
  EXPECT_THAT(HttpGet(port, "/metrics"), HasSubstr("text/plain; version=0.0.4"));
  const std::string open = HttpGet(port, "/metrics", "Accept: application/openmetrics-text\r\n");
  EXPECT_THAT(open, HasSubstr("application/openmetrics-text; version=1.0.0"));
  EXPECT_THAT(open, EndsWith("# EOF\n"));
  EXPECT_THAT(HttpGet(port, "/healthz"), HasSubstr("200"));
  EXPECT_THAT(HttpGet(port, "/livez"), HasSubstr("200"));
  EXPECT_THAT(HttpGet(port, "/debug/trace"), HasSubstr("404"));
  EXPECT_THAT(HttpGet(port, "/readyz"), HasSubstr("503"));
  EXPECT_THAT(HttpGet(port, "/readyz"), HasSubstr("the models are loading"));
  ready = absl::OkStatus();
  EXPECT_THAT(HttpGet(port, "/readyz"), HasSubstr("200"));
  EXPECT_THAT(HttpGet(port, "/nosuch"), HasSubstr("404"));
}

TEST(MetricsEndpoint, ShowsTheTracesOfTheTimeThatIsAskedFor) {
  ServerMetrics metrics;
  const auto endpoint = MetricsEndpoint::Start(
      "127.0.0.1", 0, metrics, [] { return absl::OkStatus(); },
      [](absl::Duration span) { return "traces of " + absl::FormatDuration(span); });
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const int port = (*endpoint)->port();
  EXPECT_THAT(HttpGet(port, "/debug/trace"), HasSubstr("traces of 10s"));
  EXPECT_THAT(HttpGet(port, "/debug/trace?seconds=90"), HasSubstr("traces of 1m30s"));
  for (const char* seconds : {"0", "3601", "soon"}) {
    EXPECT_THAT(HttpGet(port, absl::StrFormat("/debug/trace?seconds=%s", seconds)),
                HasSubstr("400"));
  }
}

TEST(MetricsEndpoint, ATakenPortIsNamed) {
  ServerMetrics metrics;
  const auto ready = [] { return absl::OkStatus(); };
  const auto first = MetricsEndpoint::Start("127.0.0.1", 0, metrics, ready);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = MetricsEndpoint::Start("127.0.0.1", (*first)->port(), metrics, ready);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrFormat("Port %d for metrics", (*first)->port())));
}

}  // namespace
}  // namespace convoy::server
