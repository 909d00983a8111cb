#include "client/bench/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "convoy/v1/classify.pb.h"
#include "inference/grpc_service.pb.h"

namespace convoy::client {
namespace {

Workload Classify(std::vector<std::string> expected) {
  return Workload(kClassifyMethod, {{"request", std::move(expected)}}, 1, "images");
}

v1::ClassifyResponse Answer(std::vector<std::pair<uint32_t, std::string>> classes) {
  v1::ClassifyResponse response;
  auto* result = response.add_results();
  for (const auto& [index, label] : classes) {
    auto* score = result->add_classes();
    score->set_index(index);
    score->set_label(label);
  }
  result->mutable_times()->set_queue_us(1000);
  result->mutable_times()->set_compute_us(2000);
  result->mutable_times()->set_total_us(4000);
  result->set_batch_size(8);
  return response;
}

TEST(WorkloadTest, ClassifyTellsTimesAndLabels) {
  const std::string reply = Answer({{7, "cat"}, {9, "dog"}}).SerializeAsString();
  const CallOutcome cat = Classify({"cat"}).Judge(0, reply);
  EXPECT_TRUE(cat.status.ok());
  EXPECT_EQ(cat.right, true);
  ASSERT_TRUE(cat.server.has_value());
  EXPECT_EQ(cat.server->queue, absl::Milliseconds(1));
  EXPECT_EQ(cat.server->batch_size, 8U);
  const CallOutcome dog = Classify({"9"}).Judge(0, reply);
  EXPECT_EQ(dog.right, false);
  EXPECT_EQ(dog.in_top5, true);
  EXPECT_EQ(Classify({"bird"}).Judge(0, reply).in_top5, false);
  EXPECT_EQ(Classify({}).Judge(0, reply).right, std::nullopt);
}

TEST(WorkloadTest, AFailedImageOrABrokenReplyFailsItsCall) {
  v1::ClassifyResponse response = Answer({{1, "cat"}});
  response.add_results()->mutable_error()->set_code(3);
  EXPECT_EQ(Classify({}).Judge(0, response.SerializeAsString()).status.code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Classify({}).Judge(0, "\xff\xff").status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Classify({}).Judge(0, "").status.code(), absl::StatusCode::kInternal);
}

std::string Bytes(std::vector<float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

TEST(WorkloadTest, InferIsJudgedByItsFirstOutput) {
  inference::ModelInferResponse response;
  auto* output = response.add_outputs();
  output->set_datatype("FP32");
  output->add_shape(2);
  output->add_shape(3);
  response.add_raw_output_contents(Bytes({0.1F, 0.7F, 0.2F, 0.5F, 0.2F, 0.3F}));
  const std::string reply = response.SerializeAsString();
  const auto judge = [&](std::vector<std::string> expected) {
    return Workload(kInferMethod, {{"", std::move(expected)}}, 2, "npy").Judge(0, reply);
  };
  EXPECT_EQ(judge({"1", "0"}).right, true);
  EXPECT_EQ(judge({"1", "2"}).right, false);
  EXPECT_EQ(judge({"1", "2"}).in_top5, true);
  EXPECT_EQ(judge({"1"}).right, false);
  EXPECT_EQ(judge({}).right, std::nullopt);
}

TEST(BestClassesTest, ReadsRowsOfAnyNumbersAndRefusesTheRest) {
  const auto best = BestClasses({"y", "FP32", {1, 7}, Bytes({1, 9, 3, 9, 5, 6, 7})});
  ASSERT_EQ(best.size(), 1U);
  ASSERT_EQ(best[0].size(), 5U);
  EXPECT_EQ(best[0][0].index, 1U);  // of equals the lower index
  EXPECT_EQ(best[0][1].index, 3U);
  EXPECT_EQ(BestClasses({"y", "UINT8", {2, 2}, std::string("\1\2\4\3", 4)})[1][0].index, 0U);
  EXPECT_TRUE(BestClasses({"y", "BYTES", {1}, "abcd"}).empty());
  EXPECT_TRUE(BestClasses({"y", "FP32", {2, 2}, "abc"}).empty());
  EXPECT_TRUE(BestClasses({"y", "FP32", {}, "abcd"}).empty());
}

}  // namespace
}  // namespace convoy::client
