#include "server/tracing/tracer.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "otlp/trace_service.grpc.pb.h"
#include "server/tracing/chrome_trace.h"
#include "server/tracing/otlp_endpoint.h"

namespace convoy::server {
namespace {

namespace otlp = opentelemetry::proto::collector::trace::v1;
using ::testing::ElementsAre;

constexpr std::string_view kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr std::string_view kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

bool Never(std::string_view) { return false; }
bool Always(std::string_view) { return true; }

// A request that waited 2 ms and whose batch took 1 + 5 + 1 ms.
void Fill(RequestTrace& trace, uint64_t batch) {
  trace.method = "/inference.GRPCInferenceService/ModelInfer";
  trace.version = "1";
  trace.received = kStart;
  trace.queued = kStart + absl::Milliseconds(1);
  trace.queue = absl::Milliseconds(2);
  trace.gather = absl::Milliseconds(1);
  trace.compute = absl::Milliseconds(5);
  trace.scatter = absl::Milliseconds(1);
  trace.end = kStart + absl::Milliseconds(11);
  trace.rows = 1;
  trace.batch_rows = 2;
  trace.batch = batch;
}

std::vector<std::string> Names(const std::vector<Span>& spans) {
  std::vector<std::string> names;
  for (const Span& span : spans) names.push_back(span.name);
  return names;
}

TEST(TracerTest, TheCallersSamplingIsFollowed) {
  Tracer tracer(Never, nullptr, 1);
  EXPECT_FALSE(tracer.Begin("net", "").has_value());
  EXPECT_FALSE(tracer.Begin("net", kUnsampled).has_value());
  const auto trace = tracer.Begin("net", kSampled);
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(ToHex(trace->context.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(ToHex(*trace->parent), "00f067aa0ba902b7");
}

TEST(TracerTest, OthersAreChosenAndBeginATrace) {
  Tracer tracer([](std::string_view model) { return model == "net"; }, nullptr, 1);
  EXPECT_FALSE(tracer.Begin("other", "garbage").has_value());
  const auto first = tracer.Begin("net", "garbage");
  const auto second = tracer.Begin("net", "");
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_FALSE(first->parent.has_value());
  EXPECT_NE(first->context.trace_id, second->context.trace_id);
}

TEST(TracerTest, ARequestHasItsStagesAndItsBatchOnce) {
  Tracer tracer(Always, nullptr, 1);
  for (int i = 0; i < 2; ++i) {
    auto trace = tracer.Begin("net", "");
    Fill(*trace, 7);
    tracer.End(*trace);
  }
  const std::vector<Span> spans = tracer.Kept(absl::InfinitePast());
  const std::string recv = "Recv.inference.GRPCInferenceService.ModelInfer";
  EXPECT_THAT(Names(spans), ElementsAre(recv, "queue", "input", "compute", "output", "batch", recv,
                                        "queue", "input", "compute", "output"));
  EXPECT_EQ(spans[3].parent, spans[0].context.span_id);
  EXPECT_EQ(spans[3].start, kStart + absl::Milliseconds(4));
  EXPECT_EQ(spans[3].end, kStart + absl::Milliseconds(9));
  EXPECT_THAT(spans[3].links, ElementsAre(spans[5].context));
  EXPECT_THAT(spans[9].links, ElementsAre(spans[5].context));
  EXPECT_THAT(spans[5].links, ElementsAre(spans[0].context));
  EXPECT_EQ(spans[5].end - spans[5].start, absl::Milliseconds(7));
}

TEST(TracerTest, ARefusedRequestIsOneSpanWithItsError) {
  Tracer tracer(Always, nullptr, 1);
  auto trace = tracer.Begin("net", "");
  Fill(*trace, 0);
  trace->status = absl::InvalidArgumentError("wrong shape");
  tracer.End(*trace);
  const std::vector<Span> spans = tracer.Kept(absl::InfinitePast());
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].error, "wrong shape");
}

TEST(TracerTest, OnlyTheLatestAreKept) {
  Tracer tracer(Always, nullptr, 1);
  for (size_t i = 0; i < Tracer::kKeptSpans + 5; ++i) {
    auto trace = tracer.Begin("net", "");
    Fill(*trace, 0);
    trace->end = kStart + absl::Milliseconds(i);
    tracer.End(*trace);
  }
  const std::vector<Span> spans = tracer.Kept(absl::InfinitePast());
  ASSERT_EQ(spans.size(), Tracer::kKeptSpans);
  EXPECT_EQ(spans.front().end, kStart + absl::Milliseconds(5));
  EXPECT_EQ(tracer.Kept(spans.back().end).size(), 1u);
}

TEST(ChromeTraceTest, RequestsNestAndPointToTheirBatch) {
  Tracer tracer(Always, nullptr, 1);
  auto trace = tracer.Begin("net", "");
  Fill(*trace, 7);
  trace->request_id = "bad \xff utf-8";
  tracer.End(*trace);
  const auto page = nlohmann::json::parse(RenderChromeTrace(tracer.Kept(absl::InfinitePast())));
  std::map<std::string, int> phases;
  for (const auto& event : page["traceEvents"]) ++phases[event["ph"].get<std::string>()];
  EXPECT_EQ(phases, (std::map<std::string, int>{
                        {"M", 2}, {"b", 5}, {"e", 5}, {"X", 1}, {"s", 1}, {"f", 1}}));
  std::set<std::string> ids;
  for (const auto& event : page["traceEvents"]) {
    if (event["ph"] == "b") ids.insert(event["id"].get<std::string>());
    if (event["ph"] == "X") {
      EXPECT_DOUBLE_EQ(event["dur"].get<double>(), 7000);
    }
  }
  EXPECT_EQ(ids.size(), 1u);
}

// A collector as gRPC sees one.
class Collector : public otlp::TraceService::Service {
 public:
  Collector() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Collector() override { server_->Shutdown(std::chrono::system_clock::now()); }

  grpc::Status Export(grpc::ServerContext*, const otlp::ExportTraceServiceRequest* request,
                      otlp::ExportTraceServiceResponse*) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(*request);
    return grpc::Status::OK;
  }

  std::string endpoint() const { return absl::StrFormat("127.0.0.1:%d", port_); }
  std::vector<otlp::ExportTraceServiceRequest> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  int port_ = 0;
  std::mutex mutex_;  // guards requests_
  std::vector<otlp::ExportTraceServiceRequest> requests_;
  std::unique_ptr<grpc::Server> server_;  // last: its threads use the others
};

TEST(OtlpExporterTest, SpansReachTheCollectorWhole) {
  Collector collector;
  auto exporter = std::make_unique<OtlpExporter>(
      OtlpSettings{.endpoint = collector.endpoint(), .resource = {{"service.name", "convoy"}}});
  OtlpExporter& sender = *exporter;
  Tracer tracer(Always, std::move(exporter), 1);
  auto trace = tracer.Begin("net", kSampled);
  Fill(*trace, 7);
  trace->status = absl::InternalError("broken");
  tracer.End(*trace);
  sender.Flush();
  EXPECT_EQ(sender.sent(), 6);
  const auto requests = collector.requests();
  ASSERT_EQ(requests.size(), 1u);
  const otlp::ResourceSpans& group = requests[0].resource_spans(0);
  EXPECT_EQ(group.resource().attributes(0).value().string_value(), "convoy");
  const otlp::Span& span = group.scope_spans(0).spans(0);
  EXPECT_EQ(span.kind(), otlp::Span::SERVER);
  EXPECT_EQ(span.trace_id().size(), 16u);
  EXPECT_EQ(span.parent_span_id().size(), 8u);
  EXPECT_EQ(span.end_time_unix_nano() - span.start_time_unix_nano(), 11'000'000u);
  EXPECT_EQ(span.status().code(), otlp::Status::ERROR);
  EXPECT_EQ(group.scope_spans(0).spans(3).links_size(), 1);
}

TEST(OtlpExporterTest, ACollectorThatIsGoneCostsSpansOnly) {
  std::string endpoint;
  {
    Collector collector;
    endpoint = collector.endpoint();
  }
  OtlpExporter exporter({.endpoint = endpoint});
  exporter.Export(std::vector<Span>(OtlpExporter::kMaxWaiting + 3));
  exporter.Flush();
  EXPECT_EQ(exporter.sent(), 0);
  EXPECT_EQ(exporter.dropped(), static_cast<int64_t>(OtlpExporter::kMaxWaiting) + 3);
}

TEST(OtlpExporterTest, EndpointsHaveAHostAndAPort) {
  for (const std::string_view text :
       {"collector:4317", "http://collector:4317", "http://c:4317/"}) {
    EXPECT_TRUE(ParseOtlpEndpoint(text).ok()) << text;
  }
  for (const std::string_view text :
       {"", "collector", "https://collector:4317", ":4317", "collector:0", "collector:x",
        "http://collector:4317/v1/traces"}) {
    EXPECT_EQ(ParseOtlpEndpoint(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace convoy::server
