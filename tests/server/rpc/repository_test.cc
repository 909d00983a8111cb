// The repository RPCs over the wire: codes, message openings, dialects, and readiness.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "inference/grpc_service.grpc.pb.h"
#include "server/metrics/server_metrics.h"
#include "server/rpc/rpc_server.h"
#include "tests/support/control_fixture.h"
#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::ControlTest;
using ::convoy::testing::GatedRunner;
using ::convoy::testing::GatedSpec;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RepositoryRpcTest : public ControlTest {
 protected:
  void StartServer(ControlSettings settings, bool strict_readiness = true) {
    files_.AddDirectory("/r");
    MakeControl(std::move(settings));
    auto started = RpcServer::Start({.host = "127.0.0.1",
                                     .port = 0,
                                     .decoders = 1,
                                     .version = "1.2.3",
                                     .control = control_.get(),
                                     .strict_readiness = strict_readiness},
                                    registry_, metrics_, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    rpc_ = *std::move(started);
    stub_ = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
        absl::StrFormat("127.0.0.1:%d", rpc_->port()), grpc::InsecureChannelCredentials()));
    ASSERT_TRUE(Start().ok());
    rpc_->SetReady();
  }
  void StartExplicitServer() { StartServer({.mode = ControlMode::kExplicit}); }

  void OnChange() override { rpc_->RefreshHealth(); }
  void TearDown() override {
    OpenLoads();
    if (control_ != nullptr) control_->Finish();
    rpc_.reset();
    ControlTest::TearDown();
  }

  grpc::Status SendLoad(const inference::RepositoryModelLoadRequest& request) {
    grpc::ClientContext context;
    return stub_->RepositoryModelLoad(&context, request, &load_response_);
  }
  grpc::Status SendLoad(const std::string& model) {
    inference::RepositoryModelLoadRequest request;
    request.set_model_name(model);
    return SendLoad(request);
  }
  grpc::Status SendUnload(const inference::RepositoryModelUnloadRequest& request) {
    grpc::ClientContext context;
    return stub_->RepositoryModelUnload(&context, request, &unload_response_);
  }
  grpc::Status SendUnload(const std::string& model) {
    inference::RepositoryModelUnloadRequest request;
    request.set_model_name(model);
    return SendUnload(request);
  }
  // As text: "name/version/state/reason", one model a line.
  std::string SendIndex(bool ready = false) {
    inference::RepositoryIndexRequest request;
    request.set_ready(ready);
    grpc::ClientContext context;
    inference::RepositoryIndexResponse response;
    const grpc::Status status = stub_->RepositoryIndex(&context, request, &response);
    if (!status.ok()) return status.error_message();
    std::string text;
    for (const auto& model : response.models()) {
      text += absl::StrFormat("%s/%s/%s/%s\n", model.name(), model.version(), model.state(),
                              model.reason());
    }
    return text;
  }
  bool ServerReady() {
    grpc::ClientContext context;
    inference::ServerReadyResponse response;
    EXPECT_TRUE(stub_->ServerReady(&context, {}, &response).ok());
    return response.ready();
  }
  static void ExpectError(const grpc::Status& status, grpc::StatusCode code,
                          const std::string& opening) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_THAT(status.error_message(), StartsWith(opening));
  }

  ServerMetrics metrics_;
  std::unique_ptr<RpcServer> rpc_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
  inference::RepositoryModelLoadResponse load_response_;
  inference::RepositoryModelUnloadResponse unload_response_;
};

TEST_F(RepositoryRpcTest, IndexListsEveryModelAndReadyThoseThatServe) {
  files_.AddFile("/r/a/1/model.onnx");
  files_.AddFile("/r/b/2/model.onnx", "broken");
  files_.AddFile("/r/c/1/model.onnx");
  StartExplicitServer();
  EXPECT_EQ(SendIndex(), "a///\nb///\nc///\n");
  EXPECT_TRUE(SendLoad("a").ok());
  EXPECT_FALSE(SendLoad("b").ok());
  EXPECT_EQ(SendIndex(), "a/1/READY/\nb/2/UNAVAILABLE/the file is broken\nc///\n");
  EXPECT_EQ(SendIndex(true), "a/1/READY/\n");
  EXPECT_TRUE(SendUnload("a").ok());
  EXPECT_EQ(SendIndex(true), "");
  EXPECT_THAT(SendIndex(), HasSubstr("a/1/UNAVAILABLE/unloaded\n"));
}

TEST_F(RepositoryRpcTest, RefusesToChangeModelsUnlessTold) {
  files_.AddFile("/r/a/1/model.onnx");
  for (const ControlMode mode : {ControlMode::kNone, ControlMode::kPoll}) {
    StartServer({.mode = mode});
    constexpr char kOpening[] = "explicit model load / unload is not allowed if polling is enabled";
    ExpectError(SendLoad("a"), grpc::StatusCode::UNAVAILABLE, kOpening);
    ExpectError(SendUnload("a"), grpc::StatusCode::UNAVAILABLE, kOpening);
    EXPECT_EQ(SendIndex(), "a/1/READY/\n");
    control_->Finish();
    rpc_.reset();
  }
}

TEST_F(RepositoryRpcTest, LoadsThatFailSaySoAsTritonDoes) {
  files_.AddFile("/r/net/1/model.onnx", "broken");
  StartExplicitServer();
  for (const std::string name : {"nosuch", "", "../net", "/r/net"}) {
    ExpectError(SendLoad(name), grpc::StatusCode::INTERNAL,
                absl::StrFormat("failed to load '%s', failed to poll from model repository", name));
  }
  ExpectError(
      SendLoad("net"), grpc::StatusCode::INVALID_ARGUMENT,
      "load failed for model 'net': version 1 is at UNAVAILABLE state: the file is broken;");
  EXPECT_TRUE(SendUnload("nosuch").ok());
}

TEST_F(RepositoryRpcTest, ParametersAreChecked) {
  files_.AddFile("/r/net/1/model.onnx");
  StartExplicitServer();
  inference::RepositoryModelLoadRequest load;
  load.set_model_name("net");
  (*load.mutable_parameters())["config"].set_int64_param(1);
  ExpectError(SendLoad(load), grpc::StatusCode::INVALID_ARGUMENT,
              "invalid value type for load parameter 'config', expected string_param.");
  load.clear_parameters();
  (*load.mutable_parameters())["what"].set_string_param("x");
  ExpectError(SendLoad(load), grpc::StatusCode::INVALID_ARGUMENT,
              "unrecognized load parameter 'what'");
  load.clear_parameters();
  (*load.mutable_parameters())["file:" + std::string(256, 'x')].set_bytes_param("onnx");
  ExpectError(SendLoad(load), grpc::StatusCode::INTERNAL,
              "failed to load 'net', failed to poll from model repository");
  load.clear_parameters();
  (*load.mutable_parameters())["file:1/model.onnx"].set_string_param("onnx");
  ExpectError(SendLoad(load), grpc::StatusCode::INVALID_ARGUMENT,
              "invalid value type for load parameter 'file:1/model.onnx', expected bytes_param.");
  EXPECT_EQ(loads(), 0);

  inference::RepositoryModelUnloadRequest unload;
  unload.set_model_name("net");
  (*unload.mutable_parameters())["unload_dependents"].set_int64_param(1);
  ExpectError(SendUnload(unload), grpc::StatusCode::INVALID_ARGUMENT,
              "invalid value type for 'unload_dependents' parameter, expected bool_param.");
  (*unload.mutable_parameters())["unload_dependents"].set_bool_param(true);
  EXPECT_TRUE(SendUnload(unload).ok());
}

TEST_F(RepositoryRpcTest, AConfigComesAsJson) {
  files_.AddFile("/r/net/1/model.onnx");
  files_.AddFile("/r/net/2/model.onnx");
  StartExplicitServer();
  inference::RepositoryModelLoadRequest load;
  load.set_model_name("net");
  auto& config = (*load.mutable_parameters())["config"];
  config.set_string_param(
      R"({"max_batch_size": "16", "versionPolicy": {"specific": {"versions": [1]}}})");
  ASSERT_TRUE(SendLoad(load).ok());
  EXPECT_EQ(SendIndex(), "net/1/READY/\n");
  for (const char* bad : {"{\"max_batch_size\": ", "{\"nosuch\": 1}", "nonsense"}) {
    config.set_string_param(bad);
    ExpectError(SendLoad(load), grpc::StatusCode::INTERNAL, "failed to load 'net', failed to poll");
    EXPECT_THAT(SendIndex(true), StartsWith("net/1/READY/"));
  }
}

TEST_F(RepositoryRpcTest, ARepositoryByNameIsRefusedButForKserveClients) {
  files_.AddFile("/r/net/1/model.onnx");
  StartExplicitServer();
  constexpr char kRefused[] = "'repository_name' specification is not supported";
  inference::RepositoryModelLoadRequest load;
  load.set_repository_name("net");
  load.set_model_name("net");
  ExpectError(SendLoad(load), grpc::StatusCode::UNIMPLEMENTED, kRefused);
  inference::RepositoryModelUnloadRequest unload;
  unload.set_repository_name("r");
  unload.set_model_name("net");
  ExpectError(SendUnload(unload), grpc::StatusCode::UNIMPLEMENTED, kRefused);
  grpc::ClientContext context;
  inference::RepositoryIndexRequest index;
  index.set_repository_name("r");
  inference::RepositoryIndexResponse response;
  ExpectError(stub_->RepositoryIndex(&context, index, &response), grpc::StatusCode::UNIMPLEMENTED,
              kRefused);

  // KServe's clients put the model there, and read its name and a yes.
  constexpr char kYes[] = "\x0a\x03net\x10\x01";
  load.clear_model_name();
  ASSERT_TRUE(SendLoad(load).ok());
  EXPECT_EQ(load_response_.SerializeAsString(), kYes);
  EXPECT_EQ(SendIndex(), "net/1/READY/\n");
  unload.set_repository_name("net");
  unload.clear_model_name();
  ASSERT_TRUE(SendUnload(unload).ok());
  EXPECT_EQ(unload_response_.SerializeAsString(), kYes);
  ASSERT_TRUE(SendLoad("net").ok());
  EXPECT_EQ(load_response_.ByteSizeLong(), 0u);
}

TEST_F(RepositoryRpcTest, AModelThatFailedMakesTheServerNotReady) {
  files_.AddFile("/r/bad/1/model.onnx", "broken");
  StartExplicitServer();
  EXPECT_TRUE(ServerReady());
  EXPECT_FALSE(SendLoad("bad").ok());
  EXPECT_FALSE(ServerReady());
  EXPECT_THAT(std::string(rpc_->readiness().message()),
              AllOf(HasSubstr("'bad'"), HasSubstr("broken")));
  EXPECT_TRUE(SendUnload("bad").ok());
  EXPECT_TRUE(ServerReady());
}

TEST_F(RepositoryRpcTest, UnlessReadinessIsNotStrict) {
  files_.AddFile("/r/bad/1/model.onnx", "broken");
  StartServer({.mode = ControlMode::kNone}, /*strict_readiness=*/false);
  EXPECT_TRUE(ServerReady());
}

TEST_F(RepositoryRpcTest, ARunningCallFinishesAfterTheUnload) {
  auto owned = std::make_unique<GatedRunner>();
  GatedRunner& runner = *owned;
  StartExplicitServer();
  registry_.Add(std::make_shared<ServedModel>(GatedSpec(), 3, std::move(owned), nullptr,
                                              QueueDefaults{}, clock_));
  inference::ModelInferRequest request;
  request.set_model_name("net");
  auto& input = *request.add_inputs();
  input.set_name("IN");
  input.set_datatype("FP32");
  for (const int dim : {1, 1, 2, 2}) input.add_shape(dim);
  request.add_raw_input_contents(std::string(16, '\0'));
  testing::PendingInfer running(*stub_, request);
  runner.AwaitRuns(1);
  EXPECT_TRUE(SendUnload("net").ok());
  EXPECT_EQ(SendIndex(), "net/3/UNLOADING/\n");
  testing::PendingInfer late(*stub_, request);
  ExpectError(late.Await(), grpc::StatusCode::NOT_FOUND,
              "Request for unknown model: 'net' has no available versions");
  runner.Open();
  EXPECT_TRUE(running.Await().ok());
}

TEST_F(RepositoryRpcTest, ALoadThatRunsIsAnsweredWhenTheServerStops) {
  files_.AddFile("/r/net/1/model.onnx", "gated");
  StartExplicitServer();
  grpc::ClientContext context;
  inference::RepositoryModelLoadRequest request;
  request.set_model_name("net");
  std::promise<grpc::Status> answer;
  stub_->async()->RepositoryModelLoad(&context, &request, &load_response_,
                                      [&](grpc::Status status) { answer.set_value(status); });
  AwaitLoads(1);
  EXPECT_EQ(SendIndex(), "net/1/LOADING/\n");
  control_->Stop();
  ExpectError(answer.get_future().get(), grpc::StatusCode::UNAVAILABLE,
              "The server is shutting down");
}

}  // namespace
}  // namespace convoy::server
