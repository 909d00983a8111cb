#include "server/rpc/statistics_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::RpcTest;
using ::testing::HasSubstr;

class StatisticsTest : public RpcTest {
 protected:
  grpc::Status Ask(const std::string& name, const std::string& version,
                   inference::ModelStatisticsResponse* response) {
    grpc::ClientContext context;
    inference::ModelStatisticsRequest request;
    request.set_name(name);
    request.set_version(version);
    return stub_->ModelStatistics(&context, request, response);
  }

  inference::ModelStatistics OfNet() {
    inference::ModelStatisticsResponse response;
    const grpc::Status status = Ask("net", "", &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.model_stats_size(), 1);
    return response.model_stats_size() == 1 ? response.model_stats(0)
                                            : inference::ModelStatistics();
  }

  grpc::Status Infer(const inference::ModelInferRequest& request) {
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    return stub_->ModelInfer(&context, request, &response);
  }
};

TEST_F(StatisticsTest, CountRequestsRowsAndBatches) {
  runner_->Open();
  ASSERT_TRUE(Infer(MakeRequest(1, 1)).ok());
  ASSERT_TRUE(Infer(MakeRequest(1, 3)).ok());
  ASSERT_TRUE(Infer(MakeRequest(1, 3)).ok());
  EXPECT_EQ(Infer(MakeRequest(-1)).error_code(), grpc::StatusCode::INTERNAL);
  inference::ModelInferRequest malformed = MakeRequest(1);
  malformed.mutable_inputs(0)->set_shape(3, 9);
  EXPECT_EQ(Infer(malformed).error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  const inference::ModelStatistics statistics = OfNet();
  EXPECT_EQ(statistics.name(), "net");
  EXPECT_EQ(statistics.version(), "3");
  EXPECT_EQ(statistics.inference_count(), 7u);
  EXPECT_EQ(statistics.execution_count(), 3u);
  EXPECT_GT(statistics.last_inference(), 0u);
  const inference::InferStatistics& sums = statistics.inference_stats();
  EXPECT_EQ(sums.success().count(), 3u);
  EXPECT_EQ(sums.fail().count(), 1u);  // the malformed one never reached the model
  for (const auto* each :
       {&sums.queue(), &sums.compute_input(), &sums.compute_infer(), &sums.compute_output()}) {
    EXPECT_EQ(each->count(), 3u);
    EXPECT_LE(each->ns(), sums.success().ns());
  }
  EXPECT_TRUE(sums.has_cache_hit());
  ASSERT_EQ(statistics.batch_stats_size(), 2);
  EXPECT_EQ(statistics.batch_stats(0).batch_size(), 1u);
  EXPECT_EQ(statistics.batch_stats(0).compute_infer().count(), 1u);
  EXPECT_EQ(statistics.batch_stats(1).batch_size(), 3u);
  EXPECT_EQ(statistics.batch_stats(1).compute_infer().count(), 2u);
}

TEST_F(StatisticsTest, ARequestOfAStreamCountsAsAnyOther) {
  runner_->Open();
  grpc::ClientContext context;
  const auto stream = stub_->ModelStreamInfer(&context);
  inference::ModelStreamInferResponse reply;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(stream->Write(MakeRequest(1)));
    ASSERT_TRUE(stream->Read(&reply));
  }
  stream->WritesDone();
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(OfNet().inference_stats().success().count(), 5u);
}

TEST_F(StatisticsTest, WithoutANameTellOfEveryReadyVersion) {
  models::ModelSpec spec = testing::GatedSpec();
  spec.name = "another";
  AddModel(spec, std::make_unique<testing::GatedRunner>());
  registry_.SetFailed("broken", 1, absl::InternalError("why"));
  inference::ModelStatisticsResponse response;
  ASSERT_TRUE(Ask("", "", &response).ok());
  ASSERT_EQ(response.model_stats_size(), 2);
  EXPECT_EQ(response.model_stats(0).name(), "another");
  EXPECT_EQ(response.model_stats(1).name(), "net");
  EXPECT_EQ(response.model_stats(1).inference_stats().success().count(), 0u);
  EXPECT_TRUE(response.model_stats(1).inference_stats().has_queue());
}

TEST_F(StatisticsTest, WhatIsNotReadyIsRefused) {
  registry_.SetFailed("broken", 1, absl::InternalError("why"));
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"nosuch", "", "requested model 'nosuch' is not available"},
      {"broken", "", "requested model 'broken' is not available"},
      {"net", "9", "requested model version is not available for model 'net'"},
      {"net", "abc", "requested model version is not available for model 'net'"},
  };
  for (const auto& [name, version, says] : cases) {
    inference::ModelStatisticsResponse response;
    const grpc::Status status = Ask(name, version, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << says;
    EXPECT_THAT(status.error_message(), HasSubstr(says));
  }
  inference::ModelStatisticsResponse response;
  EXPECT_TRUE(Ask("net", "3", &response).ok());
}

TEST_F(StatisticsTest, BeginAgainWhenTheVersionIsLoadedAgain) {
  runner_->Open();
  ASSERT_TRUE(Infer(MakeRequest(1)).ok());
  metrics_.ForModel("net", 3).SetLoaded(absl::Seconds(1), {{.type = "CPU", .bytes = 4096}});
  const inference::ModelStatistics statistics = OfNet();
  EXPECT_EQ(statistics.inference_count(), 0u);
  EXPECT_EQ(statistics.batch_stats_size(), 0);
  ASSERT_EQ(statistics.memory_usage_size(), 1);
  EXPECT_EQ(statistics.memory_usage(0).type(), "CPU");
  EXPECT_EQ(statistics.memory_usage(0).byte_size(), 4096u);
  EXPECT_THAT(metrics_.Render(), HasSubstr("nv_inference_count{model=\"net\",version=\"3\"} 1\n"));
}

}  // namespace
}  // namespace convoy::server
