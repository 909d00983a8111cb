// The generator over real connections to a server in this process. Counts are asserted, times are
// not.
#include "client/bench/generator.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>

#include "client/bench/samples.h"
#include "inference/grpc_service.grpc.pb.h"

namespace convoy::client {
namespace {

using testing::HasSubstr;

class CountingServer : public inference::GRPCInferenceService::Service {
 public:
  std::atomic<int64_t> calls = 0;
  std::atomic<int> now = 0;   // calls inside
  std::atomic<int> most = 0;  // at once
  std::atomic<bool> fail = false;
  std::atomic<bool> hang = false;  // until the caller gives up
  std::atomic<int64_t> tokens = 0;

 private:
  grpc::Status ModelInfer(grpc::ServerContext* context, const inference::ModelInferRequest* request,
                          inference::ModelInferResponse* response) override {
    const int inside = ++now;
    for (int seen = most; inside > seen && !most.compare_exchange_weak(seen, inside);) {
    }
    ++calls;
    tokens += static_cast<int64_t>(context->client_metadata().count("authorization"));
    response->set_id(request->id());
    while (hang && !context->IsCancelled()) std::this_thread::yield();
    --now;
    if (fail) return {grpc::StatusCode::RESOURCE_EXHAUSTED, "The queue is full."};
    return grpc::Status::OK;
  }
};

class GeneratorTest : public testing::Test {
 protected:
  GeneratorTest() : workload_(*MakeWorkload()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~GeneratorTest() override {
    generator_.reset();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  static absl::StatusOr<Workload> MakeWorkload() {
    const ModelDescription model{.name = "m",
                                 .versions = {},
                                 .platform = "",
                                 .inputs = {{"x", "FP32", {-1, 4}}},
                                 .outputs = {}};
    return InferWorkload(model, {}, *RandomSamples(model, {}), "random");
  }

  LoadReport Run(const LoadPlan& plan, GeneratorOptions options = {}) {
    auto generator = Generator::Connect("127.0.0.1:" + std::to_string(port_), options);
    EXPECT_TRUE(generator.ok()) << generator.status();
    generator_ = *std::move(generator);
    return generator_->Run(workload_, plan);
  }

  static Arrivals Even(double rate, absl::Duration length) {
    return Arrivals::OfCurve(*RateCurve::Create({{rate, rate, length}}), {});
  }

  CountingServer service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  Workload workload_;
  std::unique_ptr<Generator> generator_;
};

TEST_F(GeneratorTest, AClosedLoopMakesAsManyCallsAsAsked) {
  const LoadReport report =
      Run({.concurrency = 8, .duration = absl::Hours(1), .calls = 500}, {.connections = 3});
  EXPECT_EQ(report.good, 500);
  EXPECT_EQ(report.failed, 0);
  EXPECT_EQ(service_.calls, 500);
  EXPECT_LE(service_.most, 8);
  EXPECT_EQ(report.service.count(), 500);
  EXPECT_GT(report.generator.cores, 0);
}

TEST_F(GeneratorTest, SeveralThreadsShareTheCalls) {
  const LoadReport report = Run({.concurrency = 6, .duration = absl::Hours(1), .calls = 300},
                                {.connections = 4, .threads = 3});
  EXPECT_EQ(report.good, 300);
  EXPECT_EQ(service_.calls, 300);
}

TEST_F(GeneratorTest, AnOpenLoopSendsItsWholePlan) {
  const LoadReport report = Run({.arrivals = Even(1000, absl::Milliseconds(200)),
                                 .duration = absl::Milliseconds(200),
                                 .late_after = absl::Seconds(10)});
  EXPECT_EQ(report.sent + report.unsent, 200);
  EXPECT_EQ(report.good + report.unsent, 200);
  EXPECT_EQ(service_.calls, report.sent);
}

TEST_F(GeneratorTest, WarmUpIsNotMeasured) {
  const LoadReport report = Run({.arrivals = Even(1000, absl::Milliseconds(200)),
                                 .warm_up = absl::Milliseconds(100),
                                 .duration = absl::Milliseconds(100)});
  EXPECT_EQ(report.sent + report.unsent, 100);
  EXPECT_GE(service_.calls, report.sent + 90);
}

TEST_F(GeneratorTest, TheCapOfCallsInFlightHolds) {
  const LoadReport report = Run({.arrivals = Even(5000, absl::Milliseconds(100)),
                                 .duration = absl::Milliseconds(100),
                                 .max_in_flight = 2});
  EXPECT_LE(service_.most, 2);
  EXPECT_EQ(report.sent + report.unsent, 500);
}

TEST_F(GeneratorTest, FailuresAreToldByTheirCode) {
  service_.fail = true;
  const LoadReport report = Run({.concurrency = 2, .duration = absl::Hours(1), .calls = 20});
  EXPECT_EQ(report.good, 0);
  EXPECT_EQ(report.errors.at("RESOURCE_EXHAUSTED").count, 20);
  EXPECT_EQ(report.errors.at("RESOURCE_EXHAUSTED").first_message, "The queue is full.");
  const LoadReport endless = Run({.concurrency = 2, .duration = absl::Hours(1)});
  EXPECT_TRUE(endless.gave_up);
}

TEST_F(GeneratorTest, CallsWithoutAnAnswerAreUnfinished) {
  service_.hang = true;
  const LoadReport report =
      Run({.concurrency = 3, .duration = absl::Milliseconds(50), .drain = absl::Milliseconds(50)});
  EXPECT_EQ(report.unfinished, 3);
  EXPECT_EQ(report.errors.at("UNFINISHED").count, 3);
  EXPECT_EQ(report.attempts.count(), 3);
}

TEST_F(GeneratorTest, ADeadlineIsAnErrorOfItsOwn) {
  service_.hang = true;
  const LoadReport report = Run({.concurrency = 1,
                                 .duration = absl::Hours(1),
                                 .calls = 1,
                                 .timeout = absl::Milliseconds(20)});
  EXPECT_EQ(report.errors.at("DEADLINE_EXCEEDED").count, 1);
}

TEST_F(GeneratorTest, AnInterruptStillReports) {
  std::atomic<bool> stop = false;
  const LoadReport report = Run({.concurrency = 1,
                                 .duration = absl::Hours(1),
                                 .stop = &stop,
                                 .enough = [&](const Recorder& recorder, int64_t) {
                                   if (recorder.Live({}).good > 0) stop = true;
                                   return false;
                                 }});
  EXPECT_TRUE(report.interrupted);
  EXPECT_GT(report.good, 0);
}

TEST_F(GeneratorTest, ARunMayEndWhenEnoughIsKnown) {
  const LoadReport report = Run({.concurrency = 1,
                                 .duration = absl::Hours(1),
                                 .enough = [](const Recorder& recorder, int64_t) {
                                   return recorder.CountAbove(absl::ZeroDuration()).calls >= 10;
                                 }});
  EXPECT_GE(report.good, 10);
  EXPECT_FALSE(report.interrupted);
}

TEST_F(GeneratorTest, TheTokenGoesWithEveryCall) {
  GeneratorOptions options;
  options.connect.credentials.token = "secret";
  (void)Run({.concurrency = 2, .duration = absl::Hours(1), .calls = 10}, options);
  EXPECT_EQ(service_.tokens, 10);
}

TEST(GeneratorConnectTest, NobodyListeningIsSaid) {
  const auto generator = Generator::Connect("unix:/nonexistent/socket", {});
  EXPECT_EQ(generator.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace convoy::client
