#include "models/zoo/zoo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "onnx/onnx.pb.h"

namespace convoy::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

onnx::ModelProto Build(std::string_view name, const ZooOptions& options = {}) {
  onnx::ModelProto model;
  const absl::StatusOr<std::string> bytes = BuildZooModel(name, options);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_TRUE(bytes.ok() && model.ParseFromString(*bytes));
  return model;
}

// Trained values: all floats but the running statistics of the normalisations.
int64_t ParametersOf(const onnx::ModelProto& model) {
  int64_t count = 0;
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    if (tensor.data_type() != onnx::TensorProto::FLOAT) continue;
    if (tensor.name().find("running") != std::string::npos) continue;
    int64_t elements = 1;
    for (const int64_t dim : tensor.dims()) elements *= dim;
    EXPECT_EQ(tensor.raw_data().size(), static_cast<size_t>(elements) * sizeof(float));
    count += elements;
  }
  return count;
}

std::map<std::string, int> NodesOf(const onnx::ModelProto& model) {
  std::map<std::string, int> counts;
  for (const onnx::NodeProto& node : model.graph().node()) ++counts[node.op_type()];
  return counts;
}

// -1 for a symbolic dimension.
std::vector<int64_t> DimsOf(const onnx::ValueInfoProto& value) {
  std::vector<int64_t> dims;
  for (const auto& dim : value.type().tensor_type().shape().dim()) {
    dims.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  }
  return dims;
}

struct PublishedCase {
  const char* name;
  int64_t parameters;
};

class PublishedSizeTest : public testing::TestWithParam<PublishedCase> {};

TEST_P(PublishedSizeTest, ParameterCount) {
  EXPECT_EQ(ParametersOf(Build(GetParam().name)), GetParam().parameters);
}

// torchvision's counts where it has the network. U-Net and FCN-8s are added up by hand from the
// papers' tables: U-Net's 3x3 convolutions, 2x2 up-convolutions and 1x1 head, with biases; FCN-8s'
// VGG-16 convolutions, fc6, fc7, three score layers and three up-convolutions without biases.
INSTANTIATE_TEST_SUITE_P(
    Networks, PublishedSizeTest,
    testing::Values(PublishedCase{"lenet5", 61'706}, PublishedCase{"alexnet", 61'100'840},
                    PublishedCase{"vgg11", 132'863'336}, PublishedCase{"vgg16", 138'357'544},
                    PublishedCase{"resnet18", 11'689'512}, PublishedCase{"resnet50", 25'557'032},
                    PublishedCase{"unet", 31'030'658}, PublishedCase{"fcn8s", 134'489'759}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ZooTest, ResNet50HasItsLayersUnfused) {
  EXPECT_THAT(
      NodesOf(Build("resnet50", {.size = 32, .width = 4})),
      UnorderedElementsAre(Pair("Conv", 53), Pair("BatchNormalization", 53), Pair("Relu", 49),
                           Pair("Add", 16), Pair("MaxPool", 1), Pair("GlobalAveragePool", 1),
                           Pair("Flatten", 1), Pair("Gemm", 1)));
}

TEST(ZooTest, UNetHasUpConvolutionsAndSkips) {
  EXPECT_THAT(
      NodesOf(Build("unet", {.size = 32, .width = 4})),
      UnorderedElementsAre(Pair("Conv", 19), Pair("Relu", 18), Pair("MaxPool", 4),
                           Pair("ConvTranspose", 4), Pair("Concat", 4), Pair("Dropout", 1)));
}

TEST(ZooTest, Fcn8sHasUpConvolutionsCropsAndSums) {
  EXPECT_THAT(NodesOf(Build("fcn8s", {.size = 32, .width = 4})),
              UnorderedElementsAre(Pair("Conv", 18), Pair("Relu", 15), Pair("MaxPool", 5),
                                   Pair("ConvTranspose", 3), Pair("Slice", 3), Pair("Add", 2),
                                   Pair("Dropout", 2)));
}

TEST(ZooTest, MasksAreAsLargeAsTheImage) {
  for (const char* name : {"unet", "fcn8s"}) {
    const onnx::ModelProto model = Build(name, {.size = 48, .width = 4, .classes = 3});
    EXPECT_THAT(DimsOf(model.graph().output(0)), ElementsAre(-1, 3, 48, 48)) << name;
  }
}

TEST(ZooTest, BatchIsSymbolicUnlessFixed) {
  const onnx::ModelProto symbolic = Build("resnet18", {.size = 32, .width = 4, .classes = 5});
  EXPECT_EQ(symbolic.graph().input(0).name(), "image");
  EXPECT_THAT(DimsOf(symbolic.graph().input(0)), ElementsAre(-1, 3, 32, 32));
  EXPECT_EQ(symbolic.graph().output(0).name(), "logits");
  EXPECT_THAT(DimsOf(symbolic.graph().output(0)), ElementsAre(-1, 5));
  const onnx::ModelProto fixed = Build("lenet5", {.batch = 3});
  EXPECT_THAT(DimsOf(fixed.graph().input(0)), ElementsAre(3, 1, 28, 28));
  EXPECT_THAT(DimsOf(fixed.graph().output(0)), ElementsAre(3, 10));
}

TEST(ZooTest, SoftmaxIsAppendedOnRequest) {
  const onnx::ModelProto model = Build("lenet5", {.softmax = true});
  EXPECT_EQ(model.graph().node().rbegin()->op_type(), "Softmax");
  EXPECT_EQ(model.graph().output(0).name(), "probabilities");
}

TEST(ZooTest, EveryInputOfANodeIsMadeBeforeIt) {
  for (const std::string_view name : ZooNames()) {
    const onnx::ModelProto model = Build(name, {.size = 96, .width = 6});
    std::map<std::string, int> made = {{model.graph().input(0).name(), 1}};
    for (const onnx::TensorProto& tensor : model.graph().initializer()) ++made[tensor.name()];
    for (const onnx::NodeProto& node : model.graph().node()) {
      for (const std::string& input : node.input()) EXPECT_EQ(made[input], 1) << input;
      EXPECT_EQ(++made[node.output(0)], 1) << node.output(0);
    }
    EXPECT_EQ(made[model.graph().output(0).name()], 1) << name;
  }
}

TEST(ZooTest, TheSameSeedGivesTheSameBytes) {
  const std::string one = *BuildZooModel("lenet5", {.seed = 5});
  EXPECT_EQ(one, *BuildZooModel("lenet5", {.seed = 5}));
  EXPECT_NE(one, *BuildZooModel("lenet5", {.seed = 6}));
}

TEST(ZooTest, UnknownNameListsTheKnown) {
  const absl::Status status = BuildZooModel("lenet6", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("lenet6"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("lenet5"));
}

TEST(ZooTest, SizesThatLeaveNothingAreRefusedByLayer) {
  const absl::Status small = BuildZooModel("vgg16", {.size = 8, .width = 4}).status();
  EXPECT_EQ(small.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(small.message()), HasSubstr("pool4"));
  const absl::Status odd = BuildZooModel("unet", {.size = 40, .width = 4}).status();
  EXPECT_EQ(odd.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(odd.message()), HasSubstr("up4.concat"));
  EXPECT_EQ(BuildZooModel("unet", {.size = -1}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace convoy::models
