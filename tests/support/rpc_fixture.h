// An RpcServer on a free port with one gated model, and the stubs to call it. The model "net" takes
// IN, FP32 [-1,1,2,2], which is also a 2x2 gray picture, and answers OUT, its doubled values; a
// batch has up to four rows, and kQueueLimit requests may wait.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/base/clock.h"
#include "convoy/v1/classify.grpc.pb.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/metrics/server_metrics.h"
#include "server/metrics_observer.h"
#include "server/registry/registry.h"
#include "server/rpc/rpc_server.h"
#include "tests/support/gated_runner.h"

namespace convoy::testing {

inline constexpr int64_t kQueueLimit = 64;

inline models::ModelSpec GatedSpec() {
  models::ImageSettings image{.height = 2, .width = 2, .color = models::ColorOrder::kGray};
  return {.name = "net",
          .platform = "convoy",
          .max_batch_size = 4,
          .inputs = {{"IN", compute::DType::kFloat32, {1, 2, 2}}},
          .outputs = {{"OUT", compute::DType::kFloat32, {1, 2, 2}}},
          .labels = {"north", "east", "south", "west"},
          .image = image,
          .batching = {.queue = {.max_queue_size = kQueueLimit}}};
}

class RpcTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto runner = std::make_unique<GatedRunner>();
    runner_ = runner.get();
    AddModel(GatedSpec(), std::move(runner));
    auto started = server::RpcServer::Start(Settings(), registry_, metrics_, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    rpc_ = *std::move(started);
    channel_ = Connect();
    stub_ = inference::GRPCInferenceService::NewStub(channel_);
    classify_stub_ = convoy::v1::ClassifyService::NewStub(channel_);
  }

  virtual server::RpcSettings Settings() const {
    return {.host = "127.0.0.1", .port = 0, .decoders = 2, .version = "1.2.3"};
  }

  // Serves version 3 of another model.
  void AddModel(models::ModelSpec spec, std::unique_ptr<server::BatchRunner> runner) {
    auto observer =
        std::make_unique<server::MetricsObserver>(metrics_.ForModel(spec.name, 3), clock_);
    registry_.Add(std::make_shared<server::ServedModel>(std::move(spec), 3, std::move(runner),
                                                        std::move(observer),
                                                        server::QueueDefaults{}, clock_, &cache_));
  }

  // Lets whatever still runs end, so that a failed assertion does not hang the test.
  void TearDown() override {
    runner_->Open();
    rpc_.reset();
  }

  std::shared_ptr<grpc::Channel> Connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(std::numeric_limits<int32_t>::max());
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    return grpc::CreateCustomChannel(absl::StrFormat("127.0.0.1:%d", rpc_->port()),
                                     grpc::InsecureChannelCredentials(), arguments);
  }

  static inference::ModelInferRequest MakeRequest(float first, int64_t rows = 1) {
    inference::ModelInferRequest request;
    request.set_model_name("net");
    auto& input = *request.add_inputs();
    input.set_name("IN");
    input.set_datatype("FP32");
    for (const int64_t dim : {rows, int64_t{1}, int64_t{2}, int64_t{2}}) input.add_shape(dim);
    std::vector<float> values;
    for (int64_t i = 0; i < rows * 4; ++i) values.push_back(first + static_cast<float>(i));
    request.add_raw_input_contents(reinterpret_cast<const char*>(values.data()),
                                   values.size() * sizeof(float));
    return request;
  }

  static std::vector<float> Floats(const std::string& raw) {
    std::vector<float> values(raw.size() / sizeof(float));
    std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }

  // The good request is answered rightly: what a test asks after every bad one.
  void ExpectUnharmed() {
    runner_->Open();
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    const grpc::Status status = stub_->ModelInfer(&context, MakeRequest(1), &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(Floats(response.raw_output_contents(0)), (std::vector<float>{2, 4, 6, 8}));
  }

  compute::SystemClock clock_;
  server::ServerMetrics metrics_;
  server::ResponseCache cache_{1 << 20};  // of models whose spec asks for it
  server::Registry registry_;
  GatedRunner* runner_ = nullptr;
  std::unique_ptr<server::RpcServer> rpc_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
  std::unique_ptr<convoy::v1::ClassifyService::Stub> classify_stub_;
};

// A ModelInfer in the background.
struct PendingInfer {
  PendingInfer(inference::GRPCInferenceService::Stub& stub, inference::ModelInferRequest message)
      : request(std::move(message)) {
    stub.async()->ModelInfer(&context, &request, &response, [this](grpc::Status result) {
      const std::lock_guard lock(mutex);
      status = std::move(result);
      done = true;
      changed.notify_all();
    });
  }
  grpc::Status Await() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return done; });
    return status;
  }

  grpc::ClientContext context;
  inference::ModelInferRequest request;
  inference::ModelInferResponse response;
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  grpc::Status status;
};

}  // namespace convoy::testing
