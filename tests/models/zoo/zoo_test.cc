#include "models/zoo/zoo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <map>

#include "onnx/onnx.pb.h"

namespace convoy::models {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::ElementsAreArray;
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

onnx::ModelProto Small(std::string_view name) { return Build(name, *SmallZooOptions(name)); }

// Trained values: all floats but the numbers of formulas, which are scalars, and the running
// statistics of the normalisations.
int64_t ParametersOf(const onnx::ModelProto& model) {
  int64_t count = 0;
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    if (tensor.data_type() != onnx::TensorProto::FLOAT) continue;
    if (tensor.dims().empty()) continue;
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

struct PublishedSize {
  const char* name;
  int64_t parameters;
};

// torchvision's counts where it has the network (for deeplab_v3 without the classifier that only
// training uses), the authors' Caffe models' for alexnet, googlenet, fcn32s and fcn8s, the Keras
// model's trained values for mobilenet_v1. Papers say 29.45 M for segnet and 19,069,955 for unet3d,
// to which 4,672 values of gamma and beta come here. lenet5, resnet1d, unet, vnet, wavenet and
// zfnet are added up by hand from the papers' tables.
constexpr PublishedSize kPublishedSizes[] = {
    {"alexnet", 60'965'224},      {"alexnet_one_tower", 61'100'840},
    {"convnext_t", 28'589'128},   {"deeplab_v3", 39'638'869},
    {"densenet121", 7'978'856},   {"efficientnet_b0", 5'288'548},
    {"fcn32s", 136'152'917},      {"fcn8s", 134'489'759},
    {"googlenet", 6'998'552},     {"lenet5", 61'706},
    {"mobilenet_v1", 4'231'976},  {"mobilenet_v2", 3'504'872},
    {"mobilenet_v3", 5'483'032},  {"resnet101", 44'549'160},
    {"resnet18", 11'689'512},     {"resnet1d", 504'645},
    {"resnet34", 21'797'672},     {"resnet50", 25'557'032},
    {"resnext50", 25'028'904},    {"segnet", 29'449'355},
    {"shufflenet_v2", 2'278'604}, {"squeezenet", 1'235'496},
    {"unet", 31'030'658},         {"unet3d", 19'074'627},
    {"vgg11", 132'863'336},       {"vgg16", 138'357'544},
    {"vgg19", 143'667'240},       {"vnet", 65'175'314},
    {"wavenet", 1'072'704},       {"wide_resnet50", 68'883'240},
    {"zfnet", 62'357'608},
};

class PublishedSizeTest : public testing::TestWithParam<PublishedSize> {};

TEST_P(PublishedSizeTest, ParameterCount) {
  EXPECT_EQ(ParametersOf(Build(GetParam().name)), GetParam().parameters);
}

INSTANTIATE_TEST_SUITE_P(Networks, PublishedSizeTest, testing::ValuesIn(kPublishedSizes),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ZooTest, EveryNetworkHasItsPublishedSize) {
  std::vector<std::string> names;
  for (const PublishedSize& size : kPublishedSizes) names.push_back(size.name);
  EXPECT_THAT(ZooNames(), ElementsAreArray(names));
}

std::string WithCommas(int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

TEST(ZooTest, TheDocumentationListsEveryNetworkWithItsSize) {
  std::ifstream file(std::string(CONVOY_SOURCE_DIR) + "/docs/models.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (const PublishedSize& size : kPublishedSizes) {
    const std::string row = "\\| `" + std::string(size.name) + "` \\|[^\n]*\\| ";
    EXPECT_THAT(page, ContainsRegex(row + WithCommas(size.parameters) + " \\|"));
  }
}

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

// Values of an attribute in the nodes that have it.
std::vector<int64_t> AttributesOf(const onnx::ModelProto& model, std::string_view name) {
  std::vector<int64_t> values;
  for (const onnx::NodeProto& node : model.graph().node()) {
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.name() != name) continue;
      values.push_back(attribute.ints().empty() ? attribute.i() : attribute.ints(0));
    }
  }
  return values;
}

TEST(ZooTest, AlexNetHasTwoGroupsAndNormalisationAsPublished) {
  const onnx::ModelProto model = Small("alexnet");
  EXPECT_THAT(AttributesOf(model, "group"), ElementsAre(2, 2, 2));
  EXPECT_EQ(NodesOf(model)["LRN"], 2);
}

TEST(ZooTest, SegNetUnpoolsWhatItPooled) {
  EXPECT_THAT(NodesOf(Small("segnet")),
              UnorderedElementsAre(Pair("Conv", 26), Pair("BatchNormalization", 25),
                                   Pair("Relu", 25), Pair("MaxPool", 5), Pair("MaxUnpool", 5)));
}

TEST(ZooTest, ShuffleNetSplitsAndShufflesInEveryUnit) {
  std::map<std::string, int> nodes = NodesOf(Small("shufflenet_v2"));
  EXPECT_EQ(nodes["Split"], 13);  // units that keep the extent
  EXPECT_EQ(nodes["Transpose"], 16);
  EXPECT_EQ(nodes["Reshape"], 32);
}

TEST(ZooTest, ConvNeXtNormalisesInBothForms) {
  std::map<std::string, int> nodes = NodesOf(Small("convnext_t"));
  EXPECT_EQ(nodes["LayerNormalization"], 19);  // in 18 blocks and the head
  EXPECT_EQ(nodes["Sqrt"], 4);                 // stem and three steps down, written out
  EXPECT_EQ(nodes["Erf"], 18);
}

TEST(ZooTest, DeepLabDilatesInsteadOfStriding) {
  const onnx::ModelProto model = Small("deeplab_v3");
  EXPECT_THAT(AttributesOf(model, "dilations"), ElementsAre(2, 2, 2, 2, 2, 2, 4, 4, 12, 24, 36));
  EXPECT_EQ(NodesOf(model)["Resize"], 2);
}

TEST(ZooTest, WaveNetLooksOnlyBackwards) {
  const onnx::ModelProto model = Small("wavenet");
  int pads = 0;
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    if (tensor.data_type() != onnx::TensorProto::INT64) continue;
    std::vector<int64_t> values(6);  // before and after: batch, channels, samples
    ASSERT_EQ(tensor.raw_data().size(), values.size() * sizeof(int64_t)) << tensor.name();
    std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
    EXPECT_EQ(values[2], pads == 0 ? 1 : 1 << ((pads - 1) % 10)) << tensor.name();
    EXPECT_EQ(values[5], 0) << tensor.name();
    ++pads;
  }
  EXPECT_EQ(pads, 31);
  EXPECT_EQ(NodesOf(model)["Pad"], 31);
}

TEST(ZooTest, MasksAreAsLargeAsTheImage) {
  for (const char* name : {"unet", "fcn8s", "fcn32s", "deeplab_v3"}) {
    const onnx::ModelProto model = Build(name, {.size = 48, .width = 4, .classes = 3});
    EXPECT_THAT(DimsOf(model.graph().output(0)), ElementsAre(-1, 3, 48, 48)) << name;
  }
  for (const char* name : {"unet3d", "vnet"}) {
    const onnx::ModelProto model = Build(name, {.size = 16, .width = 4, .classes = 3});
    EXPECT_EQ(model.graph().input(0).name(), "volume");
    EXPECT_THAT(DimsOf(model.graph().output(0)), ElementsAre(-1, 3, 16, 16, 16)) << name;
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
    const onnx::ModelProto model = Small(name);
    std::map<std::string, int> made = {{model.graph().input(0).name(), 1}};
    for (const onnx::TensorProto& tensor : model.graph().initializer()) ++made[tensor.name()];
    for (const onnx::NodeProto& node : model.graph().node()) {
      for (const std::string& input : node.input()) {
        EXPECT_TRUE(input.empty() || made[input] == 1) << name << " " << input;
      }
      for (const std::string& output : node.output()) {
        EXPECT_EQ(++made[output], 1) << name << " " << output;
      }
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

TEST(ZooTest, TinyOptionsBuildOrAreRefused) {
  for (const std::string_view name : ZooNames()) {
    for (const int64_t size : {1, 7, 32}) {
      for (const int64_t width : {1, 2, 3}) {
        const absl::StatusOr<std::string> model =
            BuildZooModel(name, {.size = size, .width = width, .classes = 1});
        EXPECT_TRUE(model.ok() || absl::IsInvalidArgument(model.status())) << model.status();
        onnx::ModelProto parsed;
        EXPECT_TRUE(!model.ok() || parsed.ParseFromString(*model)) << name;
      }
    }
  }
}

TEST(ZooTest, WidthsThatGroupsDoNotDivideAreRefusedByLayer) {
  const absl::Status status = BuildZooModel("alexnet", {.size = 79, .width = 5}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("groups do not divide"));
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
