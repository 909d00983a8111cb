#include "client/bench/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "convoy/v1/classify.pb.h"
#include "inference/grpc_service.pb.h"

namespace convoy::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RandomTensorTest, HasTheBytesOfItsShape) {
  const struct {
    const char* datatype;
    size_t size;
  } kTypes[] = {{"BOOL", 1},   {"UINT8", 1},  {"INT8", 1},  {"FP16", 2},
                {"INT16", 2},  {"UINT16", 2}, {"INT32", 4}, {"FP32", 4},
                {"UINT32", 4}, {"INT64", 8},  {"FP64", 8},  {"UINT64", 8}};
  for (const auto& type : kTypes) {
    const auto tensor = RandomTensor({"x", type.datatype, {2, 3, 5}}, 1);
    ASSERT_TRUE(tensor.ok()) << type.datatype;
    EXPECT_EQ(tensor->bytes.size(), 30 * type.size) << type.datatype;
    EXPECT_EQ(tensor->name, "x");
    EXPECT_EQ(tensor->shape, (std::vector<int64_t>{2, 3, 5}));
  }
}

TEST(RandomTensorTest, FloatsFillZeroToOneAndFollowTheSeed) {
  const auto tensor = RandomTensor({"x", "FP32", {1000}}, 42);
  ASSERT_TRUE(tensor.ok());
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    float value = -1;
    std::memcpy(&value, tensor->bytes.data() + i * 4, 4);
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 1000, 0.5, 0.05);
  EXPECT_EQ(RandomTensor({"x", "FP32", {1000}}, 42)->bytes, tensor->bytes);
  EXPECT_NE(RandomTensor({"x", "FP32", {1000}}, 43)->bytes, tensor->bytes);
}

TEST(RandomTensorTest, RefusesOtherTypesOpenAndHugeShapes) {
  EXPECT_THAT(std::string(RandomTensor({"x", "BYTES", {1}}, 1).status().message()),
              HasSubstr("BYTES"));
  EXPECT_EQ(RandomTensor({"x", "FP32", {-1, 3}}, 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(RandomTensor({"x", "FP32", {huge, huge}}, 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

ModelDescription Model(std::vector<int64_t> shape) {
  return {.name = "m",
          .versions = {},
          .platform = "",
          .inputs = {{"x", "FP32", std::move(shape)}},
          .outputs = {}};
}

TEST(RandomSamplesTest, FillOpenDimensionsOrNameThem) {
  const auto samples = RandomSamples(Model({-1, 3, -1}), {.extent = 5, .samples = 2});
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 2U);
  EXPECT_EQ((*samples)[0].inputs[0].shape, (std::vector<int64_t>{3, 5}));
  EXPECT_NE((*samples)[0].inputs[0].bytes, (*samples)[1].inputs[0].bytes);
  const auto open = RandomSamples(Model({-1, 3, -1}), {});
  EXPECT_THAT(std::string(open.status().message()), HasSubstr("dimension 2"));
  const auto zeros = RandomSamples(Model({-1, 2}), {.samples = 1, .zero = true});
  ASSERT_TRUE(zeros.ok());
  EXPECT_EQ((*zeros)[0].inputs[0].bytes, std::string(8, '\0'));
}

Sample Row(const std::string& bytes, const std::string& expected = "") {
  return {{{"x", "FP32", {1}, bytes}}, expected};
}

TEST(InferWorkloadTest, JoinsRowsAndWrapsAround) {
  const auto load = InferWorkload(Model({-1, 1}), {.version = "3", .rows = 2},
                                  {Row("aaaa", "1"), Row("bbbb", "2"), Row("cccc", "3")}, "test");
  ASSERT_TRUE(load.ok()) << load.status();
  EXPECT_EQ(load->size(), 3U);
  EXPECT_EQ(load->rows_per_call(), 2);
  EXPECT_TRUE(load->ReadsReplies());
  std::vector<std::string> sent;
  for (int i = 0; i < 4; ++i) {
    inference::ModelInferRequest request;
    ASSERT_TRUE(request.ParseFromString(load->request(i)));
    EXPECT_EQ(request.model_version(), "3");
    EXPECT_EQ(request.inputs(0).shape(0), 2);
    sent.push_back(request.raw_input_contents(0));
  }
  EXPECT_THAT(sent, ElementsAre("aaaabbbb", "ccccaaaa", "bbbbcccc", "aaaabbbb"));
}

TEST(InferWorkloadTest, SaysWhatDoesNotFit) {
  EXPECT_THAT(
      std::string(InferWorkload(Model({1}), {.rows = 2}, {Row("aaaa")}, "").status().message()),
      HasSubstr("no batch dimension"));
  Sample other = Row("aaaa");
  other.inputs[0].shape = {2};
  EXPECT_THAT(std::string(InferWorkload(Model({-1, 1}), {}, {other}, "").status().message()),
              HasSubstr("FP32 [2]; the model takes FP32 [1]"));
  EXPECT_THAT(std::string(InferWorkload(Model({-1, 1}), {}, {Sample{}}, "").status().message()),
              HasSubstr("'x'"));
  EXPECT_FALSE(InferWorkload(Model({-1, 1}), {}, {}, "").ok());
}

TEST(InferWorkloadTest, ImagesMayGoAsBytes) {
  const Sample image{{{"x", "BYTES", {1}, BytesElement("PNG!")}}, ""};
  const auto load = InferWorkload(Model({-1, 1, 28, 28}), {.rows = 3}, {image}, "images");
  ASSERT_TRUE(load.ok()) << load.status();
  inference::ModelInferRequest request;
  ASSERT_TRUE(request.ParseFromString(load->request(0)));
  EXPECT_EQ(request.inputs(0).datatype(), "BYTES");
  EXPECT_EQ(request.raw_input_contents(0).substr(0, 8), std::string("\4\0\0\0PNG!", 8));
  EXPECT_FALSE(load->ReadsReplies());
}

TEST(ClassifyWorkloadTest, SendsSeveralImagesACall) {
  const Workload load = ClassifyWorkload("m", {.rows = 2}, {{"one", "1"}, {"two", "2"}, {"x", ""}});
  v1::ClassifyRequest request;
  ASSERT_TRUE(request.ParseFromString(load.request(0)));
  EXPECT_THAT(request.images(), ElementsAre("one", "two"));
  EXPECT_EQ(request.top_k(), 5U);
  ASSERT_TRUE(request.ParseFromString(load.request(1)));
  EXPECT_THAT(request.images(), ElementsAre("x", "one"));
  // Without a label for each image the call is not judged.
  EXPECT_EQ(request.top_k(), 1U);
}

}  // namespace
}  // namespace convoy::client
