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
using ::testing::HasSubstr;

TEST(ServerMetrics, CountsARequestOnce) {
  ServerMetrics metrics;
  ModelMetrics& model = metrics.ForModel("net", 3);
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
