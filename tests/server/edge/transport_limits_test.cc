// What a connection may take, watched from its other end.
#include "server/edge/transport_limits.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/rpc/rpc_server.h"
#include "tests/support/raw_http2.h"
#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::PendingInfer;
using ::convoy::testing::RawHttp2;
using ::convoy::testing::RpcTest;

class TransportTest : public RpcTest {
 protected:
  // The server anew, with these.
  void Restart(const TransportLimits& limits) {
    rpc_.reset();
    RpcSettings settings = Settings();
    settings.limits = limits;
    auto started = RpcServer::Start(settings, registry_, metrics_, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    rpc_ = *std::move(started);
    channel_ = Connect();
    stub_ = inference::GRPCInferenceService::NewStub(channel_);
  }

  static std::vector<RawHttp2::Frame> ReadAll(RawHttp2& connection) {
    std::vector<RawHttp2::Frame> frames;
    while (auto frame = connection.Read()) frames.push_back(*std::move(frame));
    return frames;
  }

  static int64_t Count(const std::vector<RawHttp2::Frame>& frames, uint8_t type) {
    return std::count_if(frames.begin(), frames.end(),
                         [&](const RawHttp2::Frame& frame) { return frame.type == type; });
  }
};

TEST_F(TransportTest, AClientThatAnswersNoPingIsLetGo) {
  Restart({.keepalive_time_ms = 50, .keepalive_timeout_ms = 50});
  RawHttp2 connection(rpc_->port());
  const auto frames = ReadAll(connection);  // until the server closes
  EXPECT_GE(Count(frames, RawHttp2::kPing), 1);
  ExpectUnharmed();
}

TEST_F(TransportTest, AClientThatPingsTooOftenIsLetGo) {
  Restart({.min_ping_interval_ms = 3'600'000, .max_ping_strikes = 2});
  RawHttp2 connection(rpc_->port());
  for (int i = 0; i < 10; ++i) connection.Send(RawHttp2::Ping());
  const auto frames = ReadAll(connection);
  const auto end = std::find_if(frames.begin(), frames.end(), [](const RawHttp2::Frame& frame) {
    return frame.type == RawHttp2::kGoAway;
  });
  ASSERT_NE(end, frames.end());
  EXPECT_EQ(end->ErrorCode(), RawHttp2::kEnhanceYourCalm);
  ExpectUnharmed();
}

TEST_F(TransportTest, WithoutStrikesEveryPingIsAnswered) {
  Restart({.min_ping_interval_ms = 3'600'000, .max_ping_strikes = 0});
  RawHttp2 connection(rpc_->port());
  constexpr int kPings = 10;
  for (int i = 0; i < kPings; ++i) ASSERT_TRUE(connection.Send(RawHttp2::Ping()));
  for (int answers = 0; answers < kPings;) {
    const auto frame = connection.Read();
    ASSERT_TRUE(frame.has_value()) << answers;
    ASSERT_NE(frame->type, RawHttp2::kGoAway);
    answers += frame->type == RawHttp2::kPing ? 1 : 0;
  }
}

TEST_F(TransportTest, AnOldConnectionIsLeftForANewOneAndItsCallsEnd) {
  Restart({.max_connection_age_ms = 100});
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  // The client is told to go elsewhere while its call still runs.
  while (channel_->GetState(false) == GRPC_CHANNEL_READY) std::this_thread::yield();
  inference::ServerLiveResponse live;
  grpc::ClientContext context;
  EXPECT_TRUE(stub_->ServerLive(&context, {}, &live).ok());
  runner_->Open();
  const grpc::Status status = running.Await();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(TransportTest, TheGraceOfAnOldConnectionEndsItsCalls) {
  Restart({.max_connection_age_ms = 100, .max_connection_age_grace_ms = 100});
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  EXPECT_EQ(running.Await().error_code(), grpc::StatusCode::UNAVAILABLE);
  ExpectUnharmed();
}

// gRPC slows down or refuses what does not fit; the server lives on and answers the rest.
TEST_F(TransportTest, ASmallMemoryHoldsManyLargeMessages) {
  Restart({.memory_mib = 16});
  runner_->Open();
  constexpr int kCalls = 12;
  inference::ModelInferRequest large = MakeRequest(1);
  large.set_id(std::string(4 << 20, 'i'));
  std::vector<std::unique_ptr<PendingInfer>> calls;
  for (int i = 0; i < kCalls; ++i) calls.push_back(std::make_unique<PendingInfer>(*stub_, large));
  int answered = 0;
  for (const auto& call : calls) {
    const grpc::Status status = call->Await();
    answered += status.ok() ? 1 : 0;
    EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED)
        << status.error_message();
  }
  EXPECT_GE(answered, 1);
  ExpectUnharmed();
}

}  // namespace
}  // namespace convoy::server
