#include "models/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "compute/base/status.h"
#include "compute/runtime/reference_session.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

namespace fs = std::filesystem;
using compute::DType;
using compute::HostTensor;
using compute::Shape;
using models::BatchItem;
using models::kAnyExtent;
using models::Model;
using models::ModelSource;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// x: [N, 2] -> y = [2 * x0 + 1, 3 * x1 + 1], z = relu(y)
std::string TwoOutputs() {
  return Input("x", {-1, 2}) + Floats("s", {2, 3}) + Floats("one", {1}) +
         NodeText("Mul", {"x", "s"}, "m") + NodeText("Add", {"m", "one"}, "y") +
         NodeText("Relu", {"y"}, "z") + Output("y") + Output("z");
}

// An image of any size: y = 2 * x.
std::string Doubler() {
  return Input("x", {-1, 1, -1, -1}) + Floats("two", {2}) + NodeText("Mul", {"x", "two"}, "y") +
         Output("y");
}

class ModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) /
                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "1");
  }
  void TearDown() override { fs::remove_all(directory_); }

  void Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(directory_ / name, std::ios::binary) << bytes;
  }

  absl::StatusOr<std::unique_ptr<Model>> Load(const std::string& graph,
                                              const models::ModelLoadOptions& options = {}) const {
    Write("1/model.onnx", ModelBytes(13, graph));
    return Load(options);
  }
  absl::StatusOr<std::unique_ptr<Model>> Load(const models::ModelLoadOptions& options = {}) const {
    const ModelSource source{"net", 1, (directory_ / "1/model.onnx").string(), directory_.string()};
    return Model::Load(source, *device_, options);
  }

  fs::path directory_;
  std::unique_ptr<compute::Device> device_ = compute::MakeReferenceDevice({});
};

// Owns what a BatchItem points to.
struct Request {
  Request(const Shape& shape, const std::vector<float>& values)
      : input(HostTensor::FromFloats(shape, values)) {}
  BatchItem Item() const { return {input.spec().shape[0], {input.view()}, {}}; }
  HostTensor input;
};

std::vector<BatchItem> Batch(std::initializer_list<const Request*> requests) {
  std::vector<BatchItem> items;
  for (const Request* request : requests) items.push_back(request->Item());
  return items;
}

TEST_F(ModelTest, BatchesAreGatheredAndScattered) {
  const auto model = Load(TwoOutputs());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->spec().max_batch_size, 8);
  EXPECT_THAT((*model)->load_report().buckets, ElementsAre(1, 2, 4, 8));
  const Request a({1, 2}, {1, 2}), b({2, 2}, {-1, -2, 5, 6});
  std::vector<BatchItem> items = Batch({&a, &b});
  for (const BatchItem& item : items) EXPECT_EQ((*model)->ValidateItem(item), absl::OkStatus());
  const auto report = (*model)->Run(items);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->rows, 3);
  EXPECT_EQ(report->bucket, 4);
  ASSERT_EQ(items[1].outputs.size(), 2);
  EXPECT_EQ(items[0].outputs[0].spec().shape, (Shape{1, 2}));
  EXPECT_EQ(items[1].outputs[0].spec().shape, (Shape{2, 2}));
  EXPECT_THAT(items[0].outputs[0].data<float>(), ElementsAre(3, 7));
  EXPECT_THAT(items[1].outputs[0].data<float>(), ElementsAre(-1, -5, 11, 19));
  EXPECT_THAT(items[1].outputs[1].data<float>(), ElementsAre(0, 0, 11, 19));
}

TEST_F(ModelTest, BucketsEndAtTheLargestBatch) {
  const auto model = Load(TwoOutputs(), {.default_max_batch_size = 6});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->load_report().buckets, ElementsAre(1, 2, 4, 6));
  const Request a({5, 2}, std::vector<float>(10, 1));
  std::vector<BatchItem> items = Batch({&a});
  EXPECT_EQ((*model)->Run(items)->bucket, 6);
}

TEST_F(ModelTest, BadItemsAreNamed) {
  const auto model = Load(TwoOutputs());
  ASSERT_TRUE(model.ok()) << model.status();
  const auto error = [&](const BatchItem& item) { return (*model)->ValidateItem(item).ToString(); };
  const Request good({2, 2}, {1, 2, 3, 4}), wide({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(error({2, {}, {}}), HasSubstr("0 inputs are given; model 'net' has 1"));
  EXPECT_THAT(error({0, {good.input.view()}, {}}), HasSubstr("the batch has 0 rows"));
  EXPECT_THAT(error({9, {good.input.view()}, {}}), HasSubstr("takes 1 to 8"));
  EXPECT_THAT(error({1, {good.input.view()}, {}}),
              AllOf(HasSubstr("input 'x' of model 'net' has shape [2,2]"),
                    HasSubstr("expected is [batch,2] with a batch of 1")));
  EXPECT_THAT(error(wide.Item()), HasSubstr("has shape [2,3]; expected is [batch,2]"));
  compute::TensorView typed = good.input.view();
  typed.spec.dtype = DType::kInt32;
  EXPECT_THAT(error({2, {typed}, {}}), HasSubstr("has datatype INT32; expected is FP32"));
  compute::TensorView cut = good.input.view();
  cut.bytes = cut.bytes.first(12);
  EXPECT_THAT(error({2, {cut}, {}}), HasSubstr("has 12 bytes; expected are 16"));
}

TEST_F(ModelTest, SizesThatOverflowAreRefused) {
  const auto model = Load(Doubler());
  ASSERT_TRUE(model.ok()) << model.status();
  const Request tiny({1, 1, 1, 1}, {1});
  compute::TensorView huge = tiny.input.view();
  huge.spec.shape = {1, 1, int64_t{1} << 40, int64_t{1} << 40};
  EXPECT_THAT((*model)->ValidateItem({1, {huge}, {}}).ToString(), HasSubstr("64 bits"));
  huge.spec.shape = {1, 1, int64_t{1} << 31, int64_t{1} << 31};
  EXPECT_THAT((*model)->ValidateItem({1, {huge}, {}}).ToString(), HasSubstr("64 bits"));
}

TEST_F(ModelTest, BatchesThatDoNotFitTogetherAreRefused) {
  const auto model = Load(Doubler());
  ASSERT_TRUE(model.ok()) << model.status();
  const Request a({1, 1, 1, 2}, {1, 2}), b({1, 1, 2, 1}, {1, 2}),
      c({5, 1, 1, 2}, std::vector<float>(10));
  std::vector<BatchItem> shapes = Batch({&a, &b});
  EXPECT_THAT((*model)->Run(shapes).status().ToString(), HasSubstr("cannot share a batch"));
  std::vector<BatchItem> many = Batch({&c, &c});
  EXPECT_THAT((*model)->Run(many).status().ToString(),
              HasSubstr("10 rows; model 'net' takes at most 8"));
  EXPECT_TRUE(absl::IsInvalidArgument((*model)->Run({}).status()));
}

TEST_F(ModelTest, OpenShapesArePlannedOnFirstUse) {
  const auto model = Load(Doubler());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE((*model)->load_report().buckets.empty());
  EXPECT_THAT((*model)->spec().inputs[0].dims, ElementsAre(1, kAnyExtent, kAnyExtent));
  // More shapes than plans are kept; each comes twice.
  for (int round = 0; round < 2; ++round) {
    for (int64_t width = 1; width <= 20; ++width) {
      const Request request({1, 1, 1, width}, std::vector<float>(static_cast<size_t>(width), 3));
      std::vector<BatchItem> items = Batch({&request});
      ASSERT_TRUE((*model)->Run(items).ok());
      EXPECT_THAT(items[0].outputs[0].data<float>(), ::testing::Each(6));
      EXPECT_EQ(items[0].outputs[0].spec().shape, (Shape{1, 1, 1, width}));
    }
  }
  EXPECT_TRUE(absl::IsInvalidArgument((*model)->Profile(1, 1).status()));
}

TEST_F(ModelTest, AGivenImageSizeIsWarmed) {
  Write("config.pbtxt", "parameters { key: 'image_size' value { string_value: '4x6' } }");
  const auto model = Load(Doubler());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->load_report().buckets, ElementsAre(1, 2, 4, 8));
  EXPECT_TRUE((*model)->Profile(3, 2).ok());
}

TEST_F(ModelTest, ThreadsShareAModel) {
  const auto model = Load(Doubler());
  ASSERT_TRUE(model.ok()) << model.status();
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const int64_t width = 1 + (i + t) % 3;
        const float value = static_cast<float>(100 * t + i);
        const Request request({2, 1, 1, width}, std::vector<float>(2 * width, value));
        std::vector<BatchItem> items = Batch({&request});
        if (!(*model)->Run(items).ok()) ++wrong[t];
        for (const float y : items[0].outputs[0].data<float>()) wrong[t] += y != 2 * value;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

// The file leaves the batch open, but a Reshape to [1, 2] is built in.
TEST_F(ModelTest, ABuiltInBatchOfOneIsServedAsSuch) {
  const auto model = Load(Input("x", {-1, 2, 1}) + Integers("shape", {1, 2}) +
                          NodeText("Reshape", {"x", "shape"}, "y") + Output("y"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->spec().max_batch_size, 1);
  EXPECT_THAT((*model)->load_report().buckets, ElementsAre(1));
  const Request request({1, 2, 1}, {4, 5});
  std::vector<BatchItem> items = Batch({&request});
  ASSERT_TRUE((*model)->Run(items).ok());
  EXPECT_EQ(items[0].outputs[0].spec().shape, (Shape{1, 2}));
}

// A Reshape that moves the batch into another dimension must not be cut into rows.
TEST_F(ModelTest, AnOutputWithoutBatchTurnsBatchingOff) {
  const auto model = Load(Input("x", {-1, 2}) + Integers("shape", {2, -1}) +
                          NodeText("Reshape", {"x", "shape"}, "y") + Output("y"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->spec().max_batch_size, 0);
  EXPECT_THAT((*model)->spec().inputs[0].dims, ElementsAre(kAnyExtent, 2));
  const Request request({3, 2}, {1, 2, 3, 4, 5, 6});
  std::vector<BatchItem> items = Batch({&request});
  items[0].rows = 1;
  ASSERT_EQ((*model)->ValidateItem(items[0]), absl::OkStatus());
  ASSERT_TRUE((*model)->Run(items).ok());
  EXPECT_EQ(items[0].outputs[0].spec().shape, (Shape{2, 3}));
}

TEST_F(ModelTest, WhatTheFileLeavesOpenIsFilledIn) {
  const auto model = Load(Input("x", {-1, 3, 4, 4}) + NodeText("GlobalAveragePool", {"x"}, "p") +
                          NodeText("Flatten", {"p"}, "f") + NodeText("Softmax", {"f"}, "y") +
                          Output("f") + Output("y"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->spec().outputs[0].dims, ElementsAre(3));
  EXPECT_TRUE((*model)->spec().classify_softmax) << "output 0 is logits";
  Write("config.pbtxt",
        "max_batch_size: 4 output { name: 'y' data_type: TYPE_FP32 dims: 3 "
        "label_filename: 'names.txt' }");
  Write("names.txt", "cat\ndog\nfox\n");
  const auto chosen = Load();
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  ASSERT_EQ((*chosen)->spec().outputs.size(), 1);
  EXPECT_FALSE((*chosen)->spec().classify_softmax) << "output 0 is probabilities";
  EXPECT_THAT((*chosen)->spec().labels, ElementsAre("cat", "dog", "fox"));
  const Request request({1, 3, 4, 4}, std::vector<float>(48, 1));
  std::vector<BatchItem> items = Batch({&request});
  ASSERT_TRUE((*chosen)->Run(items).ok());
  ASSERT_EQ(items[0].outputs.size(), 1);
  EXPECT_FLOAT_EQ(items[0].outputs[0].data<float>()[0], 1.0F / 3);
}

TEST_F(ModelTest, LabelsStayInsideTheDirectory) {
  Write("config.pbtxt",
        "max_batch_size: 4 output { name: 'y' data_type: TYPE_FP32 dims: 2 "
        "label_filename: '../../../etc/passwd' }");
  const auto model = Load(TwoOutputs());
  EXPECT_TRUE(absl::IsInvalidArgument(model.status())) << model.status();
  EXPECT_THAT(model.status().ToString(), HasSubstr("while reading the labels"));
}

TEST_F(ModelTest, LoadErrorsNameTheModel) {
  const auto missing = Load();
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  EXPECT_THAT(missing.status().ToString(), HasSubstr("while loading model 'net' version 1"));
  const auto unsupported =
      Load(Input("x", {-1, 2}) + NodeText("Einstein", {"x"}, "y") + Output("y"));
  EXPECT_TRUE(absl::IsUnimplemented(unsupported.status()));
  EXPECT_THAT(unsupported.status().ToString(),
              AllOf(HasSubstr("'Einstein'"), HasSubstr("'the_node'"), HasSubstr("'net'")));
  const auto open = Load(Input("x", {-1, -1}) + NodeText("Einstein", {"x"}, "y") + Output("y"));
  EXPECT_TRUE(absl::IsUnimplemented(open.status())) << "found although no shape is known";
  Write("1/model.onnx", "this is no model");
  EXPECT_TRUE(absl::IsInvalidArgument(Load().status()));
  const auto pass = Load(TwoOutputs(), {.disabled_passes = {"no_such_pass"}});
  EXPECT_THAT(pass.status().ToString(), HasSubstr("'no_such_pass'"));
}

TEST_F(ModelTest, PassesCanBeSwitchedOff) {
  const std::string graph = Input("x", {-1, 2}) + Floats("two", {2}) +
                            NodeText("Mul", {"x", "two"}, "m") + NodeText("Relu", {"m"}, "y") +
                            Output("y");
  const auto steps = [](const absl::StatusOr<std::unique_ptr<Model>>& model) {
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? (*model)->Profile(1, 1)->steps.size() : 0;
  };
  EXPECT_EQ(steps(Load(graph)), 1);
  EXPECT_EQ(steps(Load(graph, {.disabled_passes = {"fuse_epilogue"}})), 2);
}

}  // namespace
}  // namespace convoy::testing
