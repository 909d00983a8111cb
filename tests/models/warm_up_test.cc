// model_warmup, instance groups and reshapes of a config, as loading a model meets them.
#include "models/warm_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "compute/runtime/reference_session.h"
#include "models/instance_check.h"
#include "tests/models/inspect/model_folder.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using compute::HostTensor;
using compute::Shape;
using models::BatchItem;
using models::Model;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// x: [N, 2, any] -> y = relu(x)
std::string OpenModel() {
  return ModelBytes(13, Input("x", {-1, 2, -1}) + NodeText("Relu", {"x"}, "y") + Output("y"));
}

class WarmUpTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Model>> Load(const std::string& onnx, const std::string& config) {
    folder_.Write("net/1/model.onnx", onnx);
    folder_.Write("net/config.pbtxt", config);
    return Model::Load({"net", 1, folder_.path("net/1/model.onnx"), folder_.path("net")}, *device_,
                       {});
  }
  std::string ErrorOf(const std::string& onnx, const std::string& config) {
    return std::string(Load(onnx, config).status().message());
  }

  ModelFolder folder_;
  std::unique_ptr<compute::Device> device_ = compute::MakeReferenceDevice({});
};

std::string Sample(const std::string& data, const std::string& batch_size = "2") {
  return "max_batch_size: 4 model_warmup { name: 'w' batch_size: " + batch_size +
         " count: 2 inputs { key: 'x' value { data_type: TYPE_FP32 dims: [2, 3] " + data + " } } }";
}

TEST_F(WarmUpTest, SamplesRunWhenTheModelLoads) {
  for (const char* data : {"zero_data: true", "random_data: true"}) {
    const auto model = Load(OpenModel(), Sample(data));
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ((*model)->spec().warmup.size(), 1);
  }
}

TEST_F(WarmUpTest, FilesLieBelowWarmupAndHoldOneRow) {
  const std::string config = Sample("input_data_file: 'rows/x.raw'");
  EXPECT_THAT(ErrorOf(OpenModel(), config),
              AllOf(HasSubstr("'rows/x.raw'"), HasSubstr("in the warm-up 'w'"),
                    HasSubstr("while loading model 'net' version 1")));
  folder_.Write("net/warmup/rows/x.raw", std::string(24, '\0'));
  EXPECT_EQ(ErrorOf(OpenModel(), config), "");
  folder_.Write("net/warmup/rows/x.raw", std::string(20, '\0'));
  EXPECT_THAT(ErrorOf(OpenModel(), config),
              HasSubstr("file 'rows/x.raw' has 20 bytes; one row of input 'x' has 24"));
  folder_.Write("net/warmup/rows/x.raw", std::string(25, '\0'));
  EXPECT_THAT(ErrorOf(OpenModel(), config), HasSubstr("more than the 24 bytes allowed"));
  folder_.Write("net/secret", std::string(24, '\0'));
  EXPECT_THAT(ErrorOf(OpenModel(), Sample("input_data_file: '../secret'")),
              HasSubstr("must be a relative path without '..'"));
}

TEST_F(WarmUpTest, ASampleThatFailsFailsTheLoad) {
  // Two columns are added to x: three do not fit.
  const std::string narrow = ModelBytes(13, Input("x", {-1, 2, -1}) + Floats("two", {1, 2}) +
                                                NodeText("Add", {"x", "two"}, "y") + Output("y"));
  EXPECT_EQ(ErrorOf(narrow, "max_batch_size: 4"), "");
  EXPECT_THAT(ErrorOf(narrow, Sample("zero_data: true")), HasSubstr("in the warm-up 'w'"));
  EXPECT_EQ(ErrorOf(narrow, Sample("zero_data: true", "0")), "") << "batch size 0 is left out";
}

TEST_F(WarmUpTest, ConfigErrorsOfLoadingHaveTheirPlace) {
  EXPECT_THAT(ErrorOf(OpenModel(),
                      "max_batch_size: 4\n\ninput { name: 'x' data_type: TYPE_FP32\n"
                      "  dims: [ 7, -1 ]\n}"),
              AllOf(HasSubstr("net/config.pbtxt:4:3: input 'x' has dims [7,-1], but [2,-1] in"),
                    HasSubstr("The line is 'dims: [ 7, -1 ]', while loading model 'net'")));
}

TEST_F(WarmUpTest, GpuInstancesAreRefusedOnACpu) {
  EXPECT_THAT(ErrorOf(OpenModel(), "max_batch_size: 4 instance_group { kind: KIND_GPU }"),
              HasSubstr("instance_group 'net_0' has kind KIND_GPU, but this server computes on "
                        "'reference'; allowed are KIND_AUTO and KIND_CPU"));
  EXPECT_EQ(ErrorOf(OpenModel(), "max_batch_size: 4 instance_group { kind: KIND_CPU count: 2 }"),
            "");
}

TEST(InstanceCheckTest, CountsSayHowManyBatchesRunAtOnce) {
  const compute::DeviceFacts gpu{
      .kind = compute::DeviceKind::kVulkan, .id = "vulkan:0", .lanes = 2};
  const compute::DeviceFacts cpu{
      .kind = compute::DeviceKind::kCpu, .id = "cpu", .lanes = 4, .narrow_lanes = true};
  EXPECT_EQ(models::LanesOf({}, gpu), 2);
  EXPECT_EQ(models::LanesOf({}, cpu), 4);
  const std::vector<models::InstanceGroup> three = {{.count = 1}, {.count = 2}};
  EXPECT_EQ(models::LanesOf(three, gpu), 3);
  EXPECT_EQ(models::LanesOf(three, cpu), 3);
  const models::InstanceGroup many{.count = 9};
  EXPECT_EQ(models::LanesOf({&many, 1}, gpu), 9);
  EXPECT_EQ(models::LanesOf({&many, 1}, cpu), 4) << "a lane is a part of the CPU";
}

TEST(InstanceCheckTest, AGpuServerHasOneGpu) {
  const compute::DeviceFacts gpu{.kind = compute::DeviceKind::kVulkan, .id = "vulkan:1"};
  models::InstanceGroup group{.name = "g", .kind = models::InstanceKind::kGpu, .gpus = {0}};
  EXPECT_EQ(models::CheckInstances({&group, 1}, gpu), absl::OkStatus());
  group.gpus = {0, 1};
  EXPECT_EQ(models::CheckInstances({&group, 1}, gpu).message(),
            "instance_group 'g' asks for GPU 1; this server computes on one, number 0 "
            "('vulkan:1')");
  group = {.name = "c", .kind = models::InstanceKind::kCpu};
  EXPECT_EQ(models::CheckInstances({&group, 1}, gpu), absl::OkStatus());
}

// x: [N, 1, 2, any] -> y = relu(x), which the config shows as [2, any].
TEST_F(WarmUpTest, ReshapesAreUndoneAroundTheNetwork) {
  const std::string onnx =
      ModelBytes(13, Input("x", {-1, 1, 2, -1}) + NodeText("Relu", {"x"}, "y") + Output("y"));
  const auto model = Load(onnx, R"(max_batch_size: 4
      input { name: 'x' data_type: TYPE_FP32 dims: [2, -1] reshape { shape: [1, 2, -1] } }
      output { name: 'y' data_type: TYPE_FP32 dims: [-1, 2] reshape { shape: [1, -1, 2] } })");
  EXPECT_THAT(model.status().ToString(), HasSubstr("output 'y'")) << "the network gives [1,2,any]";
  const auto good = Load(onnx, R"(max_batch_size: 4
      input { name: 'x' data_type: TYPE_FP32 dims: [2, -1] reshape { shape: [1, 2, -1] } }
      output { name: 'y' data_type: TYPE_FP32 dims: [2, -1] reshape { shape: [1, 2, -1] } })");
  ASSERT_TRUE(good.ok()) << good.status();
  for (const int64_t width : {3, 1}) {
    std::vector<float> values(static_cast<size_t>(6 * width));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) - 2;
    const HostTensor input = HostTensor::FromFloats({3, 2, width}, values);
    BatchItem item{.rows = 3, .inputs = {input.view()}};
    ASSERT_EQ((*good)->ValidateItem(item), absl::OkStatus());
    const auto report = (*good)->Run({&item, 1});
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(item.outputs[0].spec().shape, (Shape{3, 2, width}));
    for (float& value : values) value = std::max(value, 0.0F);
    EXPECT_THAT(item.outputs[0].data<float>(), ::testing::ElementsAreArray(values));
  }
}

// Triton's densenet_onnx has such a config: no batch dimension, and one of 1 in the network.
TEST_F(WarmUpTest, AModelWithoutBatchMayHideItsLeadingOne) {
  const auto model =
      Load(ModelBytes(13, Input("x", {1, 3, 4, 4}) + NodeText("GlobalAveragePool", {"x"}, "y") +
                              Output("y")),
           R"(max_batch_size: 0
      input { name: 'x' data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, 4, 4 ]
              reshape { shape: [ 1, 3, 4, 4 ] } }
      output { name: 'y' data_type: TYPE_FP32 dims: [ 3 ] reshape { shape: [ 1, 3, 1, 1 ] }
               label_filename: 'names.txt' })");
  EXPECT_THAT(model.status().ToString(), HasSubstr("names.txt"));
  folder_.Write("net/names.txt", "red\ngreen\nblue\n");
  const auto named =
      Model::Load({"net", 1, folder_.path("net/1/model.onnx"), folder_.path("net")}, *device_, {});
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_TRUE((*named)->spec().image.has_value());
  EXPECT_THAT((*named)->spec().labels, ElementsAre("red", "green", "blue"));
  const HostTensor input = HostTensor::FromFloats({3, 4, 4}, std::vector<float>(48, 2));
  BatchItem item{.rows = 1, .inputs = {input.view()}};
  ASSERT_EQ((*named)->ValidateItem(item), absl::OkStatus());
  ASSERT_TRUE((*named)->Run({&item, 1}).ok());
  EXPECT_EQ(item.outputs[0].spec().shape, (Shape{3}));
  EXPECT_THAT(item.outputs[0].data<float>(), ElementsAre(2, 2, 2));
}

TEST_F(WarmUpTest, EveryOutputHasItsLabels) {
  folder_.Write("net/more.txt", "p\nq\n");
  folder_.Write("net/labels.txt", "a\nb\n");
  const std::string onnx =
      ModelBytes(13, Input("x", {-1, 2}) + NodeText("Relu", {"x"}, "y") +
                         NodeText("Sigmoid", {"x"}, "z") + Output("y") + Output("z"));
  const auto model = Load(onnx, R"(max_batch_size: 4
      output { name: 'y' data_type: TYPE_FP32 dims: [2] }
      output { name: 'z' data_type: TYPE_FP32 dims: [2] label_filename: 'more.txt' })");
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->spec().outputs[0].label_filename, "labels.txt");
  EXPECT_THAT(LabelsOf((*model)->spec(), 0), ElementsAre("a", "b"));
  EXPECT_THAT(LabelsOf((*model)->spec(), 1), ElementsAre("p", "q"));
  EXPECT_TRUE(LabelsOf((*model)->spec(), 2).empty());
}

TEST_F(WarmUpTest, AGivenConfigStandsInForTheFile) {
  folder_.Write("net/1/model.onnx", OpenModel());
  folder_.Write("net/config.pbtxt", "max_batch_size: 4");
  models::ModelSource source{"net", 1, folder_.path("net/1/model.onnx"), folder_.path("net")};
  source.config_text = "{ \"max_batch_size\": \"16\" }";
  const auto model = Model::Load(source, *device_, {});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->spec().max_batch_size, 16);
  source.config_text = "{ \"max_batch_size\": \"many\" }";
  EXPECT_THAT(Model::Load(source, *device_, {}).status().ToString(),
              HasSubstr("the given config: it is no model configuration in JSON"));
}

}  // namespace
}  // namespace convoy::testing
