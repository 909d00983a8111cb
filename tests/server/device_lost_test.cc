// A device that is lost while it serves: what runs fails as UNAVAILABLE, and the server is no
// longer ready.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "absl/strings/str_format.h"
#include "compute/runtime/device.h"
#include "compute/runtime/reference_session.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/registry/model_loader.h"
#include "server/rpc/rpc_server.h"

namespace convoy::server {
namespace {

using ::testing::HasSubstr;

// The reference device until its driver is told to fail.
class FaultyDevice : public compute::Device {
 public:
  const compute::DeviceFacts& facts() const override { return inner_->facts(); }

  absl::StatusOr<std::unique_ptr<compute::Session>> Compile(const compute::Plan& plan) override {
    auto session = inner_->Compile(plan);
    if (!session.ok()) return session.status();
    return std::make_unique<FaultySession>(*std::move(session), lost);
  }

  std::atomic<bool> lost = false;

 private:
  class FaultySession : public compute::Session {
   public:
    FaultySession(std::unique_ptr<compute::Session> inner, const std::atomic<bool>& is_lost)
        : inner_(std::move(inner)), is_lost_(is_lost) {}

    std::span<std::byte> input(int i) override { return inner_->input(i); }
    std::span<const std::byte> output(int i) const override { return inner_->output(i); }
    absl::Status Run() override {
      if (is_lost_) return absl::UnavailableError("VK_ERROR_DEVICE_LOST");
      return inner_->Run();
    }
    absl::StatusOr<compute::SessionReport> Profile(int repeats) override {
      return inner_->Profile(repeats);
    }
    const compute::SessionReport& report() const override { return inner_->report(); }

   private:
    const std::unique_ptr<compute::Session> inner_;
    const std::atomic<bool>& is_lost_;
  };

  const std::unique_ptr<compute::Device> inner_ = compute::MakeReferenceDevice({});
};

class DeviceLostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = RpcServer::Start({.host = "127.0.0.1"}, registry_, metrics_, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    rpc_ = *std::move(started);
    const LoaderSettings settings{.device_lost = [this](const absl::Status& why) {
      ++losses_;
      EXPECT_THAT(why.ToString(), HasSubstr("VK_ERROR_DEVICE_LOST"));
      rpc_->SetDeviceLost();
    }};
    auto model = LoadVersion({.name = "lenet5",
                              .version = 1,
                              .model_path = "models/bundled/lenet5/1/model.onnx",
                              .directory = "models/bundled/lenet5"},
                             device_, clock_, settings);
    ASSERT_TRUE(model.ok()) << model.status();
    registry_.Add(*std::move(model));
    rpc_->SetReady();
    stub_ = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
        absl::StrFormat("127.0.0.1:%d", rpc_->port()), grpc::InsecureChannelCredentials()));
  }

  grpc::Status Infer() {
    inference::ModelInferRequest request;
    request.set_model_name("lenet5");
    auto metadata = *registry_.Acquire("lenet5", "");
    const auto& input = metadata->spec().inputs[0];
    auto& tensor = *request.add_inputs();
    tensor.set_name(input.name);
    tensor.set_datatype("FP32");
    int64_t count = 1;
    tensor.add_shape(1);
    for (const int64_t dim : input.dims) {
      tensor.add_shape(dim);
      count *= dim;
    }
    request.add_raw_input_contents(std::string(static_cast<size_t>(count) * sizeof(float), '\0'));
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    return stub_->ModelInfer(&context, request, &response);
  }

  bool IsReady() {
    grpc::ClientContext context;
    inference::ServerReadyResponse response;
    EXPECT_TRUE(stub_->ServerReady(&context, {}, &response).ok());
    return response.ready();
  }

  compute::SystemClock clock_;
  ServerMetrics metrics_;
  FaultyDevice device_;
  Registry registry_;
  std::atomic<int> losses_ = 0;
  std::unique_ptr<RpcServer> rpc_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
};

TEST_F(DeviceLostTest, TheServerIsNoLongerReady) {
  EXPECT_TRUE(Infer().ok());
  EXPECT_TRUE(IsReady());
  device_.lost = true;
  const grpc::Status status = Infer();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(losses_, 1);
  EXPECT_FALSE(IsReady());
  EXPECT_THAT(rpc_->readiness().ToString(), HasSubstr("the device is lost"));
}

}  // namespace
}  // namespace convoy::server
