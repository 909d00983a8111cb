// The client over a real connection: a gRPC server in this process whose answers each test sets.
// The real server is asked in tests/cli and tests/end_to_end.
#include "client/client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <thread>

#include "convoy/v1/classify.grpc.pb.h"
#include "inference/grpc_service.grpc.pb.h"

namespace convoy::client {
namespace {

using testing::HasSubstr;

class ScriptedInference : public inference::GRPCInferenceService::Service {
 public:
  std::function<grpc::Status(const inference::ModelInferRequest&, inference::ModelInferResponse*)>
      on_infer;
  inference::ModelMetadataResponse metadata;
  inference::ModelStatisticsResponse statistics;
  inference::RepositoryModelLoadRequest load;  // the last one

 private:
  grpc::Status ModelInfer(grpc::ServerContext*, const inference::ModelInferRequest* request,
                          inference::ModelInferResponse* response) override {
    return on_infer(*request, response);
  }
  grpc::Status ModelMetadata(grpc::ServerContext*, const inference::ModelMetadataRequest*,
                             inference::ModelMetadataResponse* response) override {
    *response = metadata;
    return grpc::Status::OK;
  }
  grpc::Status ModelStatistics(grpc::ServerContext*, const inference::ModelStatisticsRequest*,
                               inference::ModelStatisticsResponse* response) override {
    *response = statistics;
    return grpc::Status::OK;
  }
  grpc::Status RepositoryModelLoad(grpc::ServerContext*,
                                   const inference::RepositoryModelLoadRequest* request,
                                   inference::RepositoryModelLoadResponse*) override {
    load = *request;
    if (request->model_name() == "m") return grpc::Status::OK;
    return {grpc::StatusCode::INTERNAL, "no such model"};
  }
  grpc::Status ModelReady(grpc::ServerContext*, const inference::ModelReadyRequest* request,
                          inference::ModelReadyResponse* response) override {
    response->set_ready(request->name() == "ready");
    return grpc::Status::OK;
  }
};

class ScriptedClassify : public v1::ClassifyService::Service {
 public:
  std::function<grpc::Status(grpc::ServerContext&, const v1::ClassifyRequest&,
                             v1::ClassifyResponse*)>
      on_classify;

 private:
  grpc::Status Classify(grpc::ServerContext* context, const v1::ClassifyRequest* request,
                        v1::ClassifyResponse* response) override {
    return on_classify(*context, *request, response);
  }
};

class ClientTest : public testing::Test {
 protected:
  void SetUp() override {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&inference_);
    builder.RegisterService(&classify_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    auto client = Client::Connect(Url(), {});
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }
  void TearDown() override {
    client_.reset();
    server_->Shutdown(std::chrono::system_clock::now());
  }
  std::string Url() const { return "127.0.0.1:" + std::to_string(port_); }

  ScriptedInference inference_;
  ScriptedClassify classify_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Client> client_;
  int port_ = 0;
};

TEST_F(ClientTest, ClassifySendsAllAndReadsAll) {
  classify_.on_classify = [](grpc::ServerContext&, const v1::ClassifyRequest& request,
                             v1::ClassifyResponse* response) {
    EXPECT_EQ(request.model_name(), "lenet5");
    EXPECT_EQ(request.model_version(), "3");
    EXPECT_EQ(request.top_k(), 2U);
    EXPECT_EQ(request.images_size(), 2);
    EXPECT_EQ(request.images(1), std::string("\0two", 4));
    response->set_model_name("lenet5");
    response->set_model_version("3");
    auto* good = response->add_results();
    auto* score = good->add_classes();
    score->set_index(7);
    score->set_label("seven");
    score->set_probability(0.75F);
    good->set_batch_size(8);
    good->mutable_times()->set_queue_us(1500);
    auto* bad = response->add_results();
    bad->mutable_error()->set_code(3);
    bad->mutable_error()->set_message("It is no image.");
    return grpc::Status::OK;
  };
  const auto answer =
      client_->Classify({"lenet5", "3", {"one", std::string("\0two", 4)}, 2}, CallOptions());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->model, "lenet5");
  ASSERT_EQ(answer->images.size(), 2U);
  EXPECT_TRUE(answer->images[0].status.ok());
  EXPECT_EQ(answer->images[0].classes[0].index, 7U);
  EXPECT_EQ(answer->images[0].classes[0].label, "seven");
  EXPECT_EQ(answer->images[0].classes[0].probability, 0.75F);
  EXPECT_EQ(answer->images[0].batch_size, 8U);
  EXPECT_EQ(answer->images[0].queue, absl::Microseconds(1500));
  EXPECT_EQ(answer->images[1].status, absl::InvalidArgumentError("It is no image."));
}

TEST_F(ClientTest, AClassMapComesWhole) {
  classify_.on_classify = [](grpc::ServerContext&, const v1::ClassifyRequest& request,
                             v1::ClassifyResponse* response) {
    EXPECT_TRUE(request.want_class_map());
    auto* map = response->add_results()->mutable_class_map();
    map->set_height(2);
    map->set_width(3);
    map->set_classes("abcdef");
    map->set_right(30);
    map->set_bottom(20);
    return grpc::Status::OK;
  };
  const ClassifyCall call{.images = {"one"}, .want_class_map = true};
  const auto answer = client_->Classify(call, CallOptions());
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(answer->images[0].class_map.has_value());
  EXPECT_EQ(answer->images[0].class_map->height, 2);
  EXPECT_EQ(answer->images[0].class_map->width, 3);
  EXPECT_EQ(answer->images[0].class_map->classes, "abcdef");
  EXPECT_EQ(answer->images[0].class_map->right, 30);
}

TEST_F(ClientTest, ADamagedClassMapFailsItsImage) {
  v1::ClassMap good;
  good.set_height(2);
  good.set_width(2);
  good.set_classes("abcd");
  good.set_right(1);
  good.set_bottom(1);
  std::vector<v1::ClassMap> damaged(4, good);
  damaged[0].set_classes("abc");
  damaged[1].set_height(0xFFFFFFFF);
  damaged[2].set_left(1);
  damaged[3].set_bottom(std::numeric_limits<double>::quiet_NaN());
  classify_.on_classify = [&](grpc::ServerContext&, const v1::ClassifyRequest&,
                              v1::ClassifyResponse* response) {
    for (const v1::ClassMap& map : damaged) *response->add_results()->mutable_class_map() = map;
    return grpc::Status::OK;
  };
  const auto answer = client_->Classify({.images = {"1", "2", "3", "4"}}, CallOptions());
  ASSERT_TRUE(answer.ok()) << answer.status();
  for (const ImageAnswer& image : answer->images) {
    EXPECT_EQ(image.status.code(), absl::StatusCode::kInternal);
    EXPECT_FALSE(image.class_map.has_value());
  }
}

TEST_F(ClientTest, AnAnswerForAnotherNumberOfImagesIsAnError) {
  classify_.on_classify = [](grpc::ServerContext&, const v1::ClassifyRequest&,
                             v1::ClassifyResponse*) { return grpc::Status::OK; };
  const auto answer = client_->Classify({"m", "", {"one"}, 1}, CallOptions());
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("0 images"));
}

TEST_F(ClientTest, InferCarriesTensorsBothWays) {
  inference_.on_infer = [](const inference::ModelInferRequest& request,
                           inference::ModelInferResponse* response) {
    EXPECT_EQ(request.inputs(0).datatype(), "FP32");
    EXPECT_EQ(request.inputs(0).shape_size(), 2);
    EXPECT_EQ(request.raw_input_contents(0), "abcdefgh");
    EXPECT_EQ(request.outputs(0).name(), "y");
    auto* output = response->add_outputs();
    output->set_name("y");
    output->set_datatype("INT64");
    output->add_shape(1);
    response->add_raw_output_contents("12345678");
    return grpc::Status::OK;
  };
  const InferCall call{"m", "", {{"x", "FP32", {1, 2}, "abcdefgh"}}, {"y"}};
  const auto answer = client_->Infer(call, CallOptions());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->outputs[0].name, "y");
  EXPECT_EQ(answer->outputs[0].datatype, "INT64");
  EXPECT_EQ(answer->outputs[0].shape, std::vector<int64_t>{1});
  EXPECT_EQ(answer->outputs[0].bytes, "12345678");
}

TEST_F(ClientTest, AnOutputWithoutBytesIsAnError) {
  inference_.on_infer = [](const inference::ModelInferRequest&,
                           inference::ModelInferResponse* response) {
    response->add_outputs()->set_name("y");
    return grpc::Status::OK;
  };
  EXPECT_EQ(client_->Infer({"m", "", {}, {}}, CallOptions()).status().code(),
            absl::StatusCode::kInternal);
}

TEST_F(ClientTest, LargeTensorsPass) {
  // Static: where the call runs out of time the server goes on reading them behind the test's end.
  static const std::string bytes(size_t{24} << 20, 'x');
  inference_.on_infer = [](const inference::ModelInferRequest&,
                           inference::ModelInferResponse* response) {
    response->add_outputs();
    response->add_raw_output_contents(bytes);
    return grpc::Status::OK;
  };
  const auto answer = client_->Infer({"m", "", {}, {}}, CallOptions());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->outputs[0].bytes, bytes);
}

TEST_F(ClientTest, ErrorsKeepTheServersCodeAndText) {
  inference_.on_infer = [](const inference::ModelInferRequest&, inference::ModelInferResponse*) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "There is no model 'm'.");
  };
  EXPECT_EQ(client_->Infer({"m", "", {}, {}}, CallOptions()).status(),
            absl::NotFoundError("There is no model 'm'."));
}

TEST_F(ClientTest, TheDeadlineEndsACallAndReachesTheServer) {
  std::atomic<bool> cancelled = false;
  classify_.on_classify = [&](grpc::ServerContext& context, const v1::ClassifyRequest&,
                              v1::ClassifyResponse*) {
    while (!context.IsCancelled()) std::this_thread::yield();
    cancelled = true;
    return grpc::Status::CANCELLED;
  };
  const auto answer = client_->Classify({"m", "", {"one"}, 1}, {.timeout = absl::Milliseconds(50)});
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
  server_->Shutdown();  // waits for the handler
  EXPECT_TRUE(cancelled);
}

TEST_F(ClientTest, HealthFollowsTheServer) {
  EXPECT_EQ(client_->CheckHealth(CallOptions()), absl::OkStatus());
  server_->GetHealthCheckService()->SetServingStatus(false);
  const absl::Status status = client_->CheckHealth(CallOptions());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("NOT_SERVING"));
}

TEST_F(ClientTest, DescribesAModel) {
  inference_.metadata.set_name("m");
  inference_.metadata.add_versions("2");
  auto* input = inference_.metadata.add_inputs();
  input->set_name("x");
  input->set_datatype("FP32");
  input->add_shape(-1);
  input->add_shape(3);
  const auto model = client_->DescribeModel("m", "", CallOptions());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->versions, std::vector<std::string>{"2"});
  EXPECT_EQ(model->inputs[0].shape, (std::vector<int64_t>{-1, 3}));
  EXPECT_TRUE(*client_->ModelReady("ready", CallOptions()));
  EXPECT_FALSE(*client_->ModelReady("other", CallOptions()));
}

TEST_F(ClientTest, LoadsAModelWithAnotherConfig) {
  EXPECT_TRUE(client_->LoadModel("m", "max_batch_size: 4", CallOptions()).ok());
  EXPECT_EQ(inference_.load.parameters().at("config").string_param(), "max_batch_size: 4");
  EXPECT_TRUE(client_->LoadModel("m", "", CallOptions()).ok());
  EXPECT_TRUE(inference_.load.parameters().empty());
  const absl::Status missing = client_->LoadModel("other", "", CallOptions());
  EXPECT_EQ(missing, absl::InternalError("no such model"));
}

TEST_F(ClientTest, CountersAreSummedOverVersions) {
  for (const uint64_t version : {1, 2}) {
    auto* model = inference_.statistics.add_model_stats();
    model->set_inference_count(10 * version);
    model->set_execution_count(version);
    model->mutable_inference_stats()->mutable_success()->set_count(5);
    model->mutable_inference_stats()->mutable_success()->set_ns(1'000'000);
    model->mutable_inference_stats()->mutable_queue()->set_ns(250'000);
  }
  const auto counters = client_->CountModel("m", "", CallOptions());
  ASSERT_TRUE(counters.ok()) << counters.status();
  EXPECT_EQ(counters->rows, 30);
  EXPECT_EQ(counters->batches, 3);
  EXPECT_EQ(counters->requests, 10);
  EXPECT_EQ(counters->total, absl::Milliseconds(2));
  EXPECT_EQ(counters->queue, absl::Microseconds(500));
}

TEST_F(ClientTest, NobodyListeningIsSaidAtOnce) {
  const std::string url = Url();
  server_->Shutdown();
  server_.reset();
  const auto client = Client::Connect(url, {.timeout = absl::Hours(1)});
  EXPECT_EQ(client.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(client.status().message()), HasSubstr(url));
  SetUp();  // a server again, for TearDown
}

TEST(ClientConnectTest, WaitingEndsAtTheTimeout) {
  const auto client = Client::Connect(
      "unix:/nonexistent/socket", {.timeout = absl::Milliseconds(100), .wait_for_server = true});
  EXPECT_EQ(client.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(client.status().message()), HasSubstr("100ms"));
  EXPECT_EQ(Client::Connect("http://x", {}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace convoy::client
