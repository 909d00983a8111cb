// The whole server in one process: real models from disk, a real device, real calls.
#include "server/server.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_format.h"
#include "convoy/v1/classify.grpc.pb.h"
#include "inference/grpc_service.grpc.pb.h"
#include "models/zoo/zoo.h"
#include "tests/support/http_get.h"

namespace convoy::server {
namespace {

using ::convoy::testing::FreePort;
using ::convoy::testing::HttpGet;
using ::testing::HasSubstr;

constexpr char kBundled[] = "models/bundled/lenet5";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// A repository of its own for each test.
class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    repository_ = std::filesystem::path(::testing::TempDir()) /
                  ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(repository_);
    std::filesystem::create_directories(repository_);
    options_.paths = {repository_.string()};
    options_.host = "127.0.0.1";
    options_.grpc_port = 0;
    options_.metrics_port = 0;
    options_.device = "reference";
  }
  void TearDown() override { std::filesystem::remove_all(repository_); }

  void AddModel(const std::string& name, const std::string& onnx) {
    std::filesystem::create_directories(repository_ / name / "1");
    std::ofstream(repository_ / name / "1" / "model.onnx", std::ios::binary) << onnx;
  }
  void AddDigits() {
    std::filesystem::copy(kBundled, repository_ / "lenet5",
                          std::filesystem::copy_options::recursive);
  }

  std::shared_ptr<grpc::Channel> Connect(const Server& server) const {
    return grpc::CreateChannel(absl::StrFormat("127.0.0.1:%d", server.grpc_port()),
                               grpc::InsecureChannelCredentials());
  }

  // What the server says to one sample digit; -1 when the call fails.
  int Classify(convoy::v1::ClassifyService::Stub& stub, int digit) const {
    convoy::v1::ClassifyRequest request;
    request.set_model_name("lenet5");
    request.add_images(ReadFile(absl::StrFormat("%s/samples/digit_%d.png", kBundled, digit)));
    grpc::ClientContext context;
    convoy::v1::ClassifyResponse response;
    const grpc::Status status = stub.Classify(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    if (!status.ok() || response.results(0).classes_size() == 0) return -1;
    EXPECT_EQ(response.results(0).classes(0).label(), absl::StrFormat("%d", digit));
    return static_cast<int>(response.results(0).classes(0).index());
  }

  void ExpectCreateFails(absl::StatusCode code, const std::vector<std::string>& says) {
    const absl::Status status = Server::Create(options_).status();
    EXPECT_EQ(status.code(), code) << status;
    for (const std::string& part : says) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(part));
    }
  }

  std::filesystem::path repository_;
  ServerOptions options_;
};

TEST_F(ServerTest, ReadsTheSampleDigitsOnBothPlainDevices) {
  AddDigits();
  for (const char* device : {"reference", "cpu"}) {
    options_.device = device;
    const auto server = Server::Create(options_);
    ASSERT_TRUE(server.ok()) << server.status();
    EXPECT_THAT((*server)->banner(), HasSubstr("lenet5"));
    EXPECT_THAT((*server)->banner(),
                HasSubstr(absl::StrFormat("convoy classify --url localhost:%d -m lenet5",
                                          (*server)->grpc_port())));
    std::atomic<int> right = 0;
    std::vector<std::thread> clients;
    for (int digit = 0; digit < 10; ++digit) {
      clients.emplace_back([&, digit] {
        const auto stub = convoy::v1::ClassifyService::NewStub(Connect(**server));
        if (Classify(*stub, digit) == digit) ++right;
      });
    }
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(right, 10) << device;
    EXPECT_TRUE((*server)->Shutdown(absl::ZeroDuration()));
  }
}

TEST_F(ServerTest, TellsReadinessAndMetricsOverHttp) {
  AddDigits();
  options_.metrics_port = FreePort();
  const auto server = Server::Create(options_);
  ASSERT_TRUE(server.ok()) << server.status();
  const int port = (*server)->metrics_port();
  EXPECT_THAT(HttpGet(port, "/readyz"), HasSubstr("loading"));
  (*server)->SetReady();
  EXPECT_THAT(HttpGet(port, "/readyz"), HasSubstr("200 OK"));
  const auto stub = convoy::v1::ClassifyService::NewStub(Connect(**server));
  EXPECT_EQ(Classify(*stub, 7), 7);
  const std::string page = HttpGet(port, "/metrics");
  EXPECT_THAT(page, HasSubstr("nv_inference_request_success{model=\"lenet5\",version=\"1\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("nv_inference_exec_count{model=\"lenet5\",version=\"1\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("convoy_model_load_seconds{model=\"lenet5\",version=\"1\"}"));
  (*server)->Shutdown(absl::ZeroDuration());
  EXPECT_THAT(HttpGet(port, "/readyz"), HasSubstr("503"));
}

TEST_F(ServerTest, SendsTheDerivedConfig) {
  AddDigits();
  const auto server = Server::Create(options_);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = inference::GRPCInferenceService::NewStub(Connect(**server));
  grpc::ClientContext context;
  inference::ModelConfigRequest request;
  request.set_name("lenet5");
  inference::ModelConfigResponse response;
  ASSERT_TRUE(stub->ModelConfig(&context, request, &response).ok());
  EXPECT_EQ(response.config().name(), "lenet5");
  ASSERT_EQ(response.config().input_size(), 1);
  EXPECT_EQ(response.config().input(0).data_type(), inference::TYPE_FP32);
  EXPECT_GT(response.config().max_batch_size(), 1);
}

TEST_F(ServerTest, AModelThatFailsEndsTheStartOrIsLeftOut) {
  AddDigits();
  const std::string good = *models::BuildZooModel("lenet5", {});
  AddModel("truncated", good.substr(0, good.size() / 2));
  ExpectCreateFails(absl::StatusCode::kFailedPrecondition,
                    {"1 of 2 model versions fail to load", "'truncated' version 1",
                     "--exit-on-error=false serves the others"});
  options_.exit_on_error = false;
  const auto server = Server::Create(options_);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_THAT((*server)->banner(), HasSubstr("FAILED truncated version 1"));
  const auto stub = convoy::v1::ClassifyService::NewStub(Connect(**server));
  EXPECT_EQ(Classify(*stub, 4), 4);
  const auto inference_stub = inference::GRPCInferenceService::NewStub(Connect(**server));
  grpc::ClientContext context;
  inference::ModelInferRequest request;
  request.set_model_name("truncated");
  inference::ModelInferResponse response;
  const grpc::Status status = inference_stub->ModelInfer(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("'truncated' has no available versions"));
}

TEST_F(ServerTest, AnOperatorThatIsMissingIsNamedAndHarmsNoOtherModel) {
  AddDigits();
  std::string odd = *models::BuildZooModel("lenet5", {});
  for (size_t at = odd.find("Gemm"); at != std::string::npos; at = odd.find("Gemm", at)) {
    odd.replace(at, 4, "Nemm");
  }
  AddModel("odd", odd);
  ExpectCreateFails(absl::StatusCode::kFailedPrecondition, {"Nemm", "node", "model 'odd'"});
  options_.exit_on_error = false;
  const auto server = Server::Create(options_);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = convoy::v1::ClassifyService::NewStub(Connect(**server));
  EXPECT_EQ(Classify(*stub, 0), 0);
}

TEST_F(ServerTest, NothingThatLoadsIsAnErrorEvenIfErrorsAreForgiven) {
  AddModel("junk", "this is no model");
  options_.exit_on_error = false;
  ExpectCreateFails(absl::StatusCode::kFailedPrecondition, {"1 of 1", "'junk'"});
}

TEST_F(ServerTest, AnEmptyRepositorySaysWhatItLooksFor) {
  ExpectCreateFails(absl::StatusCode::kNotFound, {repository_.string(), "NAME/1/model.onnx"});
}

TEST_F(ServerTest, AMissingPathAndAnUnknownDeviceAreNamed) {
  AddDigits();
  options_.device = "abacus";
  ExpectCreateFails(absl::StatusCode::kInvalidArgument, {"'abacus'"});
  options_.paths = {"/nowhere/at/all"};
  ExpectCreateFails(absl::StatusCode::kNotFound, {"/nowhere/at/all"});
}

TEST_F(ServerTest, ATakenPortIsNamed) {
  AddDigits();
  const auto first = Server::Create(options_);
  ASSERT_TRUE(first.ok()) << first.status();
  options_.grpc_port = (*first)->grpc_port();
  ExpectCreateFails(absl::StatusCode::kUnavailable,
                    {absl::StrFormat("Port %d for gRPC", options_.grpc_port), "--grpc-port"});
}

}  // namespace
}  // namespace convoy::server
