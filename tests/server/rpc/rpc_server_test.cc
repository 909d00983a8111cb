#include "server/rpc/rpc_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <thread>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::kQueueLimit;
using ::convoy::testing::PendingInfer;
using ::convoy::testing::RpcTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InferenceServiceTest : public RpcTest {
 protected:
  // Blocks until the model's queue holds `count` requests.
  void AwaitQueue(int64_t count) {
    const auto model = *registry_.Acquire("net", "");
    while (model->queue_size() < count) std::this_thread::yield();
  }

  grpc::Status Infer(const inference::ModelInferRequest& request,
                     inference::ModelInferResponse* response) {
    grpc::ClientContext context;
    return stub_->ModelInfer(&context, request, response);
  }
};

TEST_F(InferenceServiceTest, IsLiveBeforeItIsReady) {
  grpc::ClientContext live_context, before_context, after_context;
  inference::ServerLiveResponse live;
  ASSERT_TRUE(stub_->ServerLive(&live_context, {}, &live).ok());
  EXPECT_TRUE(live.live());
  inference::ServerReadyResponse ready;
  ASSERT_TRUE(stub_->ServerReady(&before_context, {}, &ready).ok());
  EXPECT_FALSE(ready.ready());
  rpc_->SetReady();
  ASSERT_TRUE(stub_->ServerReady(&after_context, {}, &ready).ok());
  EXPECT_TRUE(ready.ready());
}

TEST_F(InferenceServiceTest, TellsItsMetadata) {
  grpc::ClientContext context;
  inference::ServerMetadataResponse response;
  ASSERT_TRUE(stub_->ServerMetadata(&context, {}, &response).ok());
  EXPECT_EQ(response.name(), "convoy");
  EXPECT_EQ(response.version(), "1.2.3");
  EXPECT_THAT(response.extensions(), ::testing::Contains("binary_tensor_data"));
}

TEST_F(InferenceServiceTest, TellsAModelsMetadata) {
  grpc::ClientContext context;
  inference::ModelMetadataRequest request;
  request.set_name("net");
  inference::ModelMetadataResponse response;
  ASSERT_TRUE(stub_->ModelMetadata(&context, request, &response).ok());
  EXPECT_THAT(response.versions(), ElementsAre("3"));
  ASSERT_EQ(response.inputs_size(), 1);
  EXPECT_EQ(response.inputs(0).datatype(), "FP32");
  EXPECT_THAT(response.inputs(0).shape(), ElementsAre(-1, 1, 2, 2));
  EXPECT_EQ(response.outputs(0).name(), "OUT");
}

TEST_F(InferenceServiceTest, TellsAModelsConfig) {
  grpc::ClientContext context;
  inference::ModelConfigRequest request;
  request.set_name("net");
  inference::ModelConfigResponse response;
  ASSERT_TRUE(stub_->ModelConfig(&context, request, &response).ok());
  EXPECT_EQ(response.config().name(), "net");
  EXPECT_EQ(response.config().max_batch_size(), 4);
}

TEST_F(InferenceServiceTest, TellsWhichModelIsReady) {
  registry_.SetFailed("broken", 1, absl::InternalError("why"));
  const auto ask = [&](const std::string& name, const std::string& version, bool* ready) {
    grpc::ClientContext context;
    inference::ModelReadyRequest request;
    request.set_name(name);
    request.set_version(version);
    inference::ModelReadyResponse response;
    const grpc::Status status = stub_->ModelReady(&context, request, &response);
    *ready = response.ready();
    return status.error_code();
  };
  bool ready = false;
  EXPECT_EQ(ask("net", "", &ready), grpc::StatusCode::OK);
  EXPECT_TRUE(ready);
  EXPECT_EQ(ask("broken", "", &ready), grpc::StatusCode::OK);
  EXPECT_FALSE(ready);
  EXPECT_EQ(ask("broken", "1", &ready), grpc::StatusCode::OK);
  EXPECT_FALSE(ready);
  EXPECT_EQ(ask("nosuch", "", &ready), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ask("net", "9", &ready), grpc::StatusCode::NOT_FOUND);
}

TEST_F(InferenceServiceTest, InfersFromRawContents) {
  runner_->Open();
  inference::ModelInferRequest request = MakeRequest(1, 2);
  request.set_id("my request");
  inference::ModelInferResponse response;
  const grpc::Status status = Infer(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.model_name(), "net");
  EXPECT_EQ(response.model_version(), "3");
  EXPECT_EQ(response.id(), "my request");
  ASSERT_EQ(response.raw_output_contents_size(), 1);
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(2, 1, 2, 2));
  EXPECT_THAT(Floats(response.raw_output_contents(0)), ElementsAre(2, 4, 6, 8, 10, 12, 14, 16));
}

TEST_F(InferenceServiceTest, InfersFromTypedContents) {
  runner_->Open();
  inference::ModelInferRequest request = MakeRequest(0);
  request.clear_raw_input_contents();
  for (const float value : {4.F, 3.F, 2.F, 1.F}) {
    request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(value);
  }
  inference::ModelInferResponse response;
  ASSERT_TRUE(Infer(request, &response).ok());
  EXPECT_THAT(Floats(response.raw_output_contents(0)), ElementsAre(8, 6, 4, 2));
}

TEST_F(InferenceServiceTest, BadRequestsHarmNobody) {
  const struct {
    std::function<void(inference::ModelInferRequest&)> spoil;
    grpc::StatusCode code;
    std::string says;
  } cases[] = {
      {[](auto& r) { r.set_model_name("nosuch"); }, grpc::StatusCode::NOT_FOUND,
       "Request for unknown model: 'nosuch'"},
      {[](auto& r) { r.set_model_name(std::string(1 << 20, '\n')); }, grpc::StatusCode::NOT_FOUND,
       "cut from 1048576 bytes"},
      {[](auto& r) { r.set_model_version("9"); }, grpc::StatusCode::NOT_FOUND, "version 9"},
      {[](auto& r) { r.set_model_version("x"); }, grpc::StatusCode::INVALID_ARGUMENT, "'x'"},
      {[](auto& r) { r.mutable_inputs(0)->set_name("NO"); }, grpc::StatusCode::INVALID_ARGUMENT,
       "which takes 'IN'"},
      {[](auto& r) { r.add_outputs()->set_name("NO"); }, grpc::StatusCode::INVALID_ARGUMENT,
       "which gives 'OUT'"},
      {[](auto& r) { r.mutable_inputs(0)->set_datatype("INT8"); },
       grpc::StatusCode::INVALID_ARGUMENT, "expects 'FP32'"},
      {[](auto& r) { r.mutable_inputs(0)->add_shape(1); }, grpc::StatusCode::INVALID_ARGUMENT,
       "Expected [-1,1,2,2], got [1,1,2,2,1]"},
      {[](auto& r) { r.mutable_inputs(0)->set_shape(3, 3); }, grpc::StatusCode::INVALID_ARGUMENT,
       "got [1,1,2,3]"},
      {[](auto& r) { r.mutable_inputs(0)->set_shape(0, 5); }, grpc::StatusCode::INVALID_ARGUMENT,
       "from 1 to 4"},
      {[](auto& r) { r.mutable_inputs(0)->set_shape(0, 0); }, grpc::StatusCode::INVALID_ARGUMENT,
       "from 1 to 4"},
      {[](auto& r) { r.set_raw_input_contents(0, "short"); }, grpc::StatusCode::INVALID_ARGUMENT,
       "Expected 16, got 5"},
      {[](auto& r) { r.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1); },
       grpc::StatusCode::INVALID_ARGUMENT, "contents field must not be specified"},
      {[](auto& r) { (*r.mutable_parameters())["timeout"].set_bool_param(true); },
       grpc::StatusCode::INVALID_ARGUMENT, "timeout"},
      {[](auto& r) {
         for (int i = 0; i < 10000; ++i) (*r.mutable_parameters())[std::to_string(i)];
       },
       grpc::StatusCode::INVALID_ARGUMENT, "parameter"},
      {[](auto& r) { r.Clear(); }, grpc::StatusCode::NOT_FOUND, "unknown model"},
  };
  runner_->Open();
  for (const auto& bad : cases) {
    inference::ModelInferRequest request = MakeRequest(1);
    bad.spoil(request);
    inference::ModelInferResponse response;
    const grpc::Status status = Infer(request, &response);
    EXPECT_EQ(status.error_code(), bad.code) << bad.says << ": " << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(bad.says));
    ExpectUnharmed();
  }
}

TEST_F(InferenceServiceTest, TheTimeoutParameterBoundsTheWaiting) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  inference::ModelInferRequest request = MakeRequest(2);
  (*request.mutable_parameters())["timeout"].set_int64_param(1000);
  inference::ModelInferResponse response;
  const grpc::Status status = Infer(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("Request timeout expired"));
  runner_->Open();
  EXPECT_TRUE(running.Await().ok());
  EXPECT_EQ(runner_->runs(), 1);  // the late one never ran
}

TEST_F(InferenceServiceTest, TheClientsDeadlineTakesItsRequestOutOfTheQueue) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(20));
  inference::ModelInferResponse response;
  EXPECT_EQ(stub_->ModelInfer(&context, MakeRequest(2), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  const auto model = *registry_.Acquire("net", "");
  while (model->queue_size() > 0) std::this_thread::yield();
  runner_->Open();
  EXPECT_TRUE(running.Await().ok());
  EXPECT_EQ(runner_->runs(), 1);
}

TEST_F(InferenceServiceTest, ACancelledRequestLeavesTheQueue) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  PendingInfer waiting(*stub_, MakeRequest(2));
  AwaitQueue(1);
  waiting.context.TryCancel();
  EXPECT_EQ(waiting.Await().error_code(), grpc::StatusCode::CANCELLED);
  const auto model = *registry_.Acquire("net", "");
  while (model->queue_size() > 0) std::this_thread::yield();
  // Cancelling what runs does not stop the batch, and harms nobody.
  running.context.TryCancel();
  EXPECT_EQ(running.Await().error_code(), grpc::StatusCode::CANCELLED);
  runner_->Open();
  ExpectUnharmed();
}

TEST_F(InferenceServiceTest, AFullQueueRefuses) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  std::deque<PendingInfer> waiting;
  for (int i = 0; i < kQueueLimit; ++i) waiting.emplace_back(*stub_, MakeRequest(2));
  AwaitQueue(kQueueLimit);
  inference::ModelInferResponse response;
  const grpc::Status refused = Infer(MakeRequest(9), &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(refused.error_message(), HasSubstr("Exceeds maximum queue size"));
  EXPECT_THAT(refused.error_message(), HasSubstr("64"));
  runner_->Open();
  EXPECT_TRUE(running.Await().ok());
  for (PendingInfer& call : waiting) EXPECT_TRUE(call.Await().ok());
  ExpectUnharmed();
}

TEST_F(InferenceServiceTest, ConcurrentClientsFormBatches) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  std::deque<PendingInfer> waiting;
  for (int i = 0; i < 8; ++i) waiting.emplace_back(*stub_, MakeRequest(static_cast<float>(i)));
  AwaitQueue(8);
  runner_->Open();
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(waiting[i].Await().ok());
    EXPECT_EQ(Floats(waiting[i].response.raw_output_contents(0))[0], 2.F * static_cast<float>(i));
  }
  EXPECT_TRUE(running.Await().ok());
  EXPECT_EQ(runner_->runs(), 3);  // the first alone, then two full batches of four
}

TEST_F(InferenceServiceTest, ManyConnectionsGetTheirOwnAnswers) {
  constexpr int kClients = 8;
  constexpr int kCallsEach = 50;
  runner_->Open();
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&, c] {
      const auto stub = inference::GRPCInferenceService::NewStub(Connect());
      for (int i = 0; i < kCallsEach; ++i) {
        grpc::ClientContext context;
        inference::ModelInferResponse response;
        const auto first = static_cast<float>(c * kCallsEach + i);
        const grpc::Status status = stub->ModelInfer(&context, MakeRequest(first), &response);
        if (status.ok() && Floats(response.raw_output_contents(0))[0] == 2 * first) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients * kCallsEach);
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("nv_inference_request_success{model=\"net\",version=\"3\"} 400\n"));
}

TEST_F(InferenceServiceTest, AMessageBeyondGrpcsUsualLimitPasses) {
  runner_->Open();
  inference::ModelInferRequest request = MakeRequest(1);
  request.set_id(std::string(8 << 20, 'i'));
  inference::ModelInferResponse response;
  const grpc::Status status = Infer(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.id().size(), size_t{8} << 20);
}

TEST_F(InferenceServiceTest, ATakenPortIsNamed) {
  const auto second =
      RpcServer::Start({.host = "127.0.0.1", .port = rpc_->port()}, registry_, metrics_, clock_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrFormat("Port %d for gRPC", rpc_->port())));
  ExpectUnharmed();
}

TEST_F(InferenceServiceTest, TheDrainLosesNothing) {
  rpc_->SetReady();
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  std::deque<PendingInfer> waiting;
  for (int i = 0; i < 10; ++i) waiting.emplace_back(*stub_, MakeRequest(2));
  AwaitQueue(10);
  bool finished = false;
  std::thread drain([&] { finished = rpc_->Drain(absl::ZeroDuration(), absl::Minutes(1)); });
  // Nothing new is let in; the status tells the client to go elsewhere.
  grpc::Status refused;
  do {
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    inference::ModelInferRequest bad = MakeRequest(1);
    bad.set_model_version("0");  // NOT_FOUND while the gate is open: it must not queue
    refused = stub_->ModelInfer(&context, bad, &response);
  } while (refused.error_code() == grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  runner_->Open();
  EXPECT_TRUE(running.Await().ok());
  for (PendingInfer& call : waiting) EXPECT_TRUE(call.Await().ok());
  drain.join();
  EXPECT_TRUE(finished);
}

TEST_F(InferenceServiceTest, ADrainOutOfTimeCancelsWhatWaits) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  PendingInfer waiting(*stub_, MakeRequest(2));
  AwaitQueue(1);
  bool finished = true;
  std::thread drain([&] { finished = rpc_->Drain(absl::ZeroDuration(), absl::Milliseconds(10)); });
  EXPECT_FALSE(waiting.Await().ok());
  EXPECT_FALSE(running.Await().ok());
  runner_->Open();  // a batch on the device runs to its end in any case
  drain.join();
  EXPECT_FALSE(finished);
}

}  // namespace
}  // namespace convoy::server
