// Models whose answers are kept: what comes back, and what is counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::GatedRunner;
using ::convoy::testing::RpcTest;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

class CachedAnswersTest : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    models::ModelSpec spec = testing::GatedSpec();
    spec.name = "kept";
    spec.response_cache = true;
    auto runner = std::make_unique<GatedRunner>();
    kept_ = runner.get();
    kept_->Open();
    AddModel(spec, std::move(runner));
  }

  inference::ModelInferRequest Request(float first, int64_t rows = 1) {
    inference::ModelInferRequest request = MakeRequest(first, rows);
    request.set_model_name("kept");
    return request;
  }

  inference::ModelInferResponse Infer(const inference::ModelInferRequest& request) {
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    const grpc::Status status = stub_->ModelInfer(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  inference::ModelStatistics Statistics() {
    grpc::ClientContext context;
    inference::ModelStatisticsRequest request;
    request.set_name("kept");
    inference::ModelStatisticsResponse response;
    EXPECT_TRUE(stub_->ModelStatistics(&context, request, &response).ok());
    return response.model_stats_size() == 1 ? response.model_stats(0)
                                            : inference::ModelStatistics();
  }

  GatedRunner* kept_ = nullptr;
};

TEST_F(CachedAnswersTest, TheSameInputsAreComputedOnce) {
  const auto first = Infer(Request(1, 2));
  inference::ModelInferRequest again = Request(1, 2);
  again.set_id("again");
  (*again.mutable_parameters())["priority"].set_uint64_param(1);
  const auto second = Infer(again);
  EXPECT_EQ(kept_->runs(), 1);
  EXPECT_EQ(second.raw_output_contents(0), first.raw_output_contents(0));
  EXPECT_EQ(second.outputs(0).shape(0), 2);
  EXPECT_EQ(second.id(), "again");
  EXPECT_EQ(Floats(Infer(Request(2, 2)).raw_output_contents(0))[0], 4);
  EXPECT_EQ(kept_->runs(), 2);
}

TEST_F(CachedAnswersTest, ClassesAreMadeOfKeptAnswersToo) {
  Infer(Request(1));
  inference::ModelInferRequest classes = Request(1);
  auto& output = *classes.add_outputs();
  output.set_name("OUT");
  (*output.mutable_parameters())["classification"].set_int64_param(1);
  EXPECT_THAT(Infer(classes).raw_output_contents(0), HasSubstr("8.000000:3:west"));
  EXPECT_EQ(kept_->runs(), 1);
}

TEST_F(CachedAnswersTest, HitsAndMissesAreCounted) {
  Infer(Request(1, 3));
  Infer(Request(1, 3));
  Infer(Request(1, 3));
  const inference::ModelStatistics statistics = Statistics();
  const inference::InferStatistics& sums = statistics.inference_stats();
  EXPECT_EQ(sums.success().count(), 3);
  EXPECT_EQ(sums.queue().count(), 3);
  EXPECT_EQ(sums.compute_infer().count(), 1);
  EXPECT_EQ(sums.cache_hit().count(), 2);
  EXPECT_EQ(sums.cache_miss().count(), 1);
  EXPECT_GT(sums.cache_hit().ns(), 0);
  EXPECT_GT(sums.cache_miss().ns(), 0);
  EXPECT_EQ(statistics.inference_count(), 3);
  EXPECT_EQ(statistics.execution_count(), 1);
  const std::string page = metrics_.Render();
  const std::string labels = "{model=\"kept\",version=\"3\"} ";
  EXPECT_THAT(page, HasSubstr("nv_cache_num_hits_per_model" + labels + "2\n"));
  EXPECT_THAT(page, HasSubstr("nv_cache_num_misses_per_model" + labels + "1\n"));
  EXPECT_THAT(page, HasSubstr("nv_cache_hit_duration_per_model" + labels));
  EXPECT_THAT(page, HasSubstr("nv_cache_miss_duration_per_model" + labels));
  EXPECT_THAT(page, HasSubstr("nv_inference_count" + labels + "3\n"));
}

TEST_F(CachedAnswersTest, PicturesOfOneCallAreLookedUpOneByOne) {
  convoy::v1::ClassifyRequest request;
  request.set_model_name("kept");
  for (const char* name : {"gray8.png", "baseline_420.jpg", "gray8.png"}) {
    request.add_images(ReadFile(absl::StrFormat("tests/data/image/%s", name)));
  }
  for (int round = 0; round < 2; ++round) {
    grpc::ClientContext context;
    convoy::v1::ClassifyResponse response;
    const grpc::Status status = classify_stub_->Classify(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  const inference::InferStatistics sums = Statistics().inference_stats();
  EXPECT_EQ(sums.success().count(), 2);
  EXPECT_GE(sums.cache_hit().count(), 3);  // the second call's, and perhaps one of the first
  EXPECT_EQ(sums.cache_hit().count() + sums.cache_miss().count(), 6);
}

TEST_F(CachedAnswersTest, FailuresAreNotKept) {
  grpc::ClientContext context;
  inference::ModelInferResponse response;
  EXPECT_FALSE(stub_->ModelInfer(&context, Request(-9), &response).ok());
  EXPECT_FALSE([&] {
    grpc::ClientContext again;
    return stub_->ModelInfer(&again, Request(-9), &response).ok();
  }());
  EXPECT_EQ(kept_->runs(), 2);
  EXPECT_EQ(cache_.bytes(), 0);
}

TEST_F(CachedAnswersTest, AModelThatDoesNotAskForItIsComputedEveryTime) {
  runner_->Open();
  for (int i = 0; i < 2; ++i) Infer(MakeRequest(1));
  EXPECT_EQ(runner_->runs(), 2);
  EXPECT_THAT(metrics_.Render(), Not(HasSubstr("nv_cache_num_hits_per_model{model=\"net\"")));
}

}  // namespace
}  // namespace convoy::server
