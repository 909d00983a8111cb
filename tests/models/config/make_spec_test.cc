#include "models/config/make_spec.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "models/config/config_file.h"
#include "models/config/config_proto.h"

namespace convoy::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

FileDeclarations::Tensor Declare(const std::string& name, std::vector<int64_t> dims) {
  return {{name, compute::DType::kFloat32, std::move(dims)}, true};
}

// x: [N, 3, 32, 48] -> y: [N, 10]
FileDeclarations Classifier() {
  return {{Declare("x", {kAnyExtent, 3, 32, 48})}, {Declare("y", {kAnyExtent, 10})}};
}

absl::StatusOr<ModelSpec> Spec(const std::string& text, const FileDeclarations& file) {
  const auto config = ParseConfig(text, "net/config.pbtxt");
  EXPECT_TRUE(config.ok()) << config.status();
  return MakeSpec("net", *config, file, 8);
}

std::string ErrorOf(const std::string& text, const FileDeclarations& file = Classifier()) {
  return Spec(text, file).status().ToString();
}

std::string Parameter(const std::string& key, const std::string& value) {
  return "parameters { key: '" + key + "' value { string_value: '" + value + "' } }\n";
}

TEST(MakeSpecTest, WithoutAConfigEverythingFollowsFromTheFile) {
  const auto spec = Spec("", Classifier());
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->name, "net");
  EXPECT_EQ(spec->platform, "convoy");
  EXPECT_EQ(spec->max_batch_size, 8);
  EXPECT_THAT(spec->inputs[0].dims, ElementsAre(3, 32, 48));
  EXPECT_THAT(spec->outputs[0].dims, ElementsAre(10));
  ASSERT_TRUE(spec->image.has_value());
  EXPECT_EQ(spec->image->height, 32);
  EXPECT_EQ(spec->image->width, 48);
  EXPECT_EQ(spec->image->color, ColorOrder::kRgb);
  EXPECT_EQ(spec->image->layout, ImageLayout::kNchw);
}

TEST(MakeSpecTest, AFixedFirstDimensionMeansNoBatching) {
  FileDeclarations file = Classifier();
  file.inputs[0].declaration.dims[0] = 1;
  const auto spec = Spec("", file);
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->max_batch_size, 0);
  EXPECT_THAT(spec->inputs[0].dims, ElementsAre(1, 3, 32, 48));
  EXPECT_TRUE(spec->image.has_value());
  EXPECT_THAT(ErrorOf("max_batch_size: 4", file),
              HasSubstr("max_batch_size is 4, but the model file fixes the first dimension"));
}

// Found by the fuzzer: the config that was told of such a model could not be read back.
TEST(MakeSpecTest, ATensorOfNothingButTheBatchHasNoDims) {
  const FileDeclarations file{{Declare("n", {-1})}, {Declare("y", {-1, 10})}};
  const auto spec = Spec(
      "max_batch_size: 4 input { name: 'n' data_type: TYPE_FP32 } "
      "output { name: 'y' data_type: TYPE_FP32 dims: [ 10 ] }",
      file);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_THAT(spec->inputs[0].dims, ElementsAre());
  const auto again = MakeSpec("net", ToConfigProto(*spec), file, 8);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *spec);
}

TEST(MakeSpecTest, TheConfigMayFixWhatTheFileLeavesOpen) {
  const FileDeclarations file{{Declare("x", {-1, 3, -1, -1})}, {Declare("y", {-1, 7, -1, -1})}};
  const auto open = Spec("", file);
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_FALSE(open->image.has_value());
  const auto fixed = Spec(
      "max_batch_size: 3 input { name: 'x' data_type: TYPE_FP32 dims: [ 3, 64, 96 ] } "
      "output { name: 'y' data_type: TYPE_FP32 dims: [ 7, -1, -1 ] }",
      file);
  ASSERT_TRUE(fixed.ok()) << fixed.status();
  EXPECT_EQ(fixed->max_batch_size, 3);
  EXPECT_THAT(fixed->inputs[0].dims, ElementsAre(3, 64, 96));
  EXPECT_EQ(fixed->image->width, 96);
}

TEST(MakeSpecTest, OutputsAreThoseOfTheConfigInItsOrder) {
  FileDeclarations file = Classifier();
  file.outputs.push_back(Declare("z", {kAnyExtent, 4}));
  file.outputs.push_back(Declare("unlisted", {kAnyExtent, 4}));
  const auto spec = Spec(
      "max_batch_size: 2 output { name: 'z' data_type: TYPE_FP32 dims: 4 } "
      "output { name: 'y' data_type: TYPE_FP32 dims: 10 }",
      file);
  ASSERT_TRUE(spec.ok()) << spec.status();
  ASSERT_EQ(spec->outputs.size(), 2);
  EXPECT_EQ(spec->outputs[0].name, "z");
  EXPECT_EQ(spec->outputs[1].name, "y");
}

TEST(MakeSpecTest, ContradictionsAreNamed) {
  EXPECT_THAT(ErrorOf("name: 'other'"), HasSubstr("names the model 'other', its directory 'net'"));
  EXPECT_THAT(ErrorOf("max_batch_size: -1"), HasSubstr("max_batch_size is -1; allowed are 0"));
  EXPECT_THAT(ErrorOf("max_batch_size: 100000"), HasSubstr("allowed are 0 to 16384"));
  const std::string head = "max_batch_size: 8 ";
  EXPECT_THAT(ErrorOf(head + "input { name: 'q' data_type: TYPE_FP32 dims: [ 3, 32, 48 ] }"),
              AllOf(HasSubstr("input 'q' of the config"), HasSubstr("'x'")));
  EXPECT_THAT(ErrorOf(head + "input { name: 'x' data_type: TYPE_INT8 dims: [ 3, 32, 48 ] }"),
              AllOf(HasSubstr("TYPE_INT8"), HasSubstr("TYPE_FP32 in the file")));
  EXPECT_THAT(ErrorOf(head + "input { name: 'x' dims: [ 3, 32, 48 ] }"),
              HasSubstr("has no data_type"));
  EXPECT_THAT(ErrorOf(head + "input { name: 'x' data_type: TYPE_FP32 dims: [ 3, 32, 49 ] }"),
              HasSubstr("has dims [3,32,49], but [3,32,48] in the file"));
  EXPECT_THAT(ErrorOf(head + "input { name: 'x' data_type: TYPE_FP32 dims: [ -1, 32, 48 ] }"),
              HasSubstr("[-1,32,48]"));
  EXPECT_THAT(ErrorOf(head + "input { name: 'x' data_type: TYPE_FP32 dims: [ 32, 48 ] }"),
              HasSubstr("[32,48]"));
  const std::string output = "output { name: 'y' data_type: TYPE_FP32 dims: 10 } ";
  EXPECT_THAT(ErrorOf(head + output + output), HasSubstr("output 'y' is listed twice"));
  EXPECT_THAT(ErrorOf(head + "output { name: 'p' data_type: TYPE_FP32 dims: 10 }"),
              HasSubstr("output 'p' of the config is not in the model file"));
}

TEST(MakeSpecTest, QueueSettingsAreTaken) {
  const auto spec = Spec(
      "dynamic_batching { max_queue_delay_microseconds: 2500 "
      "default_queue_policy { max_queue_size: 7 } }",
      Classifier());
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->batching.max_queue_delay, absl::Microseconds(2500));
  EXPECT_EQ(spec->batching.queue.max_queue_size, 7);
  EXPECT_EQ(spec->max_batch_size, 8) << "the config leaves the tensors to the file";
}

TEST(ImageSettingsTest, ParametersAreRead) {
  const auto spec =
      Spec(Parameter("image_color", "bgr") + Parameter("image_resize", "shorter_side:56") +
               Parameter("image_scale", "1") + Parameter("image_mean", "104,117,123") +
               Parameter("image_std", "2") + Parameter("classify_softmax", "true"),
           Classifier());
  ASSERT_TRUE(spec.ok()) << spec.status();
  ASSERT_TRUE(spec->image.has_value());
  EXPECT_EQ(spec->image->color, ColorOrder::kBgr);
  EXPECT_EQ(spec->image->resize, ResizeRule::kShorterSide);
  EXPECT_EQ(spec->image->resize_size, 56);
  EXPECT_EQ(spec->image->scale, 1);
  EXPECT_THAT(spec->image->mean, ElementsAre(104, 117, 123));
  EXPECT_THAT(spec->image->std, ElementsAre(2, 2, 2));
  EXPECT_TRUE(spec->classify_softmax);
}

TEST(ImageSettingsTest, LayoutAndColorFollowFromTheShape) {
  const auto nhwc = Spec("", {{Declare("x", {-1, 20, 30, 3})}, {Declare("y", {-1, 2})}});
  ASSERT_TRUE(nhwc.ok() && nhwc->image.has_value());
  EXPECT_EQ(nhwc->image->layout, ImageLayout::kNhwc);
  EXPECT_EQ(nhwc->image->height, 20);
  const auto gray = Spec("", {{Declare("x", {-1, 1, 28, 28})}, {Declare("y", {-1, 2})}});
  ASSERT_TRUE(gray.ok() && gray->image.has_value());
  EXPECT_EQ(gray->image->color, ColorOrder::kGray);
  const auto vector = Spec("", {{Declare("x", {-1, 64})}, {Declare("y", {-1, 2})}});
  ASSERT_TRUE(vector.ok());
  EXPECT_FALSE(vector->image.has_value());
  const auto features = Spec("", {{Declare("x", {-1, 64, 7, 7})}, {Declare("y", {-1, 2})}});
  ASSERT_TRUE(features.ok());
  EXPECT_FALSE(features->image.has_value());
}

TEST(ImageSettingsTest, AnOpenSizeIsGivenByTheParameter) {
  const FileDeclarations file{{Declare("x", {-1, 3, -1, -1})}, {Declare("y", {-1, 7})}};
  const auto spec = Spec(Parameter("image_size", "64x96"), file);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->image->height, 64);
  EXPECT_EQ(spec->image->width, 96);
  EXPECT_THAT(ErrorOf(Parameter("image_color", "rgb"), file),
              HasSubstr("parameter 'image_size' must give it"));
}

TEST(ImageSettingsTest, BadParametersAreNamed) {
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"image_size", "224"},
                                                        {"image_size", "0x3"},
                                                        {"image_size", "99999x9"},
                                                        {"image_color", "RGB"},
                                                        {"image_layout", "chw"},
                                                        {"image_resize", "crop"},
                                                        {"image_resize", "shorter_side:0"},
                                                        {"image_scale", "inf"},
                                                        {"image_mean", "1,2"},
                                                        {"image_mean", "a"},
                                                        {"image_std", "0"},
                                                        {"image_std", "nan"},
                                                        {"classify_softmax", "yes"}}) {
    EXPECT_THAT(ErrorOf(Parameter(key, value)),
                AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("parameter '" + key + "'"),
                      HasSubstr("'" + value + "'"), HasSubstr("allowed are")));
  }
  EXPECT_THAT(ErrorOf(Parameter("image_crop", "1")),
              HasSubstr("parameter 'image_crop' does not exist"));
  EXPECT_THAT(ErrorOf(Parameter("image_color", "gray")), HasSubstr("of 1 channels, but input 'x'"));
  EXPECT_THAT(ErrorOf(Parameter("image_size", "8x8")), HasSubstr("make 8x8 pixels"));
  EXPECT_THAT(ErrorOf(Parameter("image_resize", "shorter_side:40")),
              HasSubstr("less than the 32x48 cut from it"));
  EXPECT_THAT(
      ErrorOf(Parameter("image_scale", "1"), {{Declare("x", {-1, 64})}, {Declare("y", {-1, 2})}}),
      HasSubstr("input 'x' is no image of rank 4 in FP32, FP16 or UINT8"));
}

TEST(LabelsTest, OneALine) {
  EXPECT_THAT(*ParseLabels("a\r\nb: with colon\n\nd\n\n"),
              ElementsAre("a", "b: with colon", "", "d"));
  EXPECT_TRUE(ParseLabels("")->empty());
}

TEST(LabelsTest, BinaryAndHugeFilesAreRefused) {
  EXPECT_EQ(ParseLabels("a\nb\xff\n").status().message(),
            "line 2 of the labels is no text in UTF-8");
  EXPECT_THAT(ParseLabels(std::string("a\0b", 3)).status().message(), HasSubstr("line 1"));
  EXPECT_EQ(ParseLabels(std::string(kMaxLabels, '\n')).status().message(),
            "there are 1048577 labels; at most 1048576 are allowed");
}

// A reply to the ModelConfig RPC is a configuration that gives the same spec again.
TEST(ConfigProtoTest, SpecsSurviveTheRoundTrip) {
  const std::string text =
      "platform: 'onnxruntime_onnx' max_batch_size: 4 "
      "dynamic_batching { max_queue_delay_microseconds: 9 "
      "default_queue_policy { max_queue_size: 3 } }" +
      Parameter("image_resize", "shorter_side:64") + Parameter("image_mean", "0.485,0.456,0.406");
  const auto spec = Spec(text, Classifier());
  ASSERT_TRUE(spec.ok()) << spec.status();
  const inference::ModelConfig config = ToConfigProto(*spec);
  EXPECT_EQ(config.name(), "net");
  EXPECT_EQ(config.backend(), "onnxruntime");
  EXPECT_EQ(config.input(0).data_type(), inference::TYPE_FP32);
  EXPECT_THAT(config.input(0).dims(), ElementsAre(3, 32, 48));
  const auto again = MakeSpec("net", config, Classifier(), 8);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(ToConfigProto(*again), config))
      << config.DebugString();
  EXPECT_EQ(again->max_batch_size, 4);
  EXPECT_EQ(again->batching.queue.max_queue_size, 3);
  EXPECT_EQ(again->batching.max_queue_delay, absl::Microseconds(9));
  EXPECT_EQ(again->image->mean, spec->image->mean);
  EXPECT_EQ(again->image->resize_size, 64);
}

TEST(MakeSpecTest, AllFaultsAreFoundAndNotTheFirstAlone) {
  const auto config = ParseConfig(R"(
      name: 'other' max_batch_size: 4
      input { name: 'x' data_type: TYPE_INT8 dims: [3, 32, 49] }
      output { name: 'z' data_type: TYPE_FP32 dims: [10] }
      output { name: 'y' data_type: TYPE_FP32 dims: [11] })",
                                  "net/config.pbtxt");
  ASSERT_TRUE(config.ok()) << config.status();
  std::vector<std::string> messages, fields;
  for (const ConfigFault& fault : BuildSpec("net", *config, Classifier(), 1).faults) {
    messages.emplace_back(fault.status.message());
    fields.push_back(fault.field);
  }
  EXPECT_THAT(fields, ElementsAre("name", "input[0].data_type", "input[0].dims", "output[0].name",
                                  "output[1].dims"));
  EXPECT_THAT(messages, ElementsAre(HasSubstr("the config names the model 'other'"),
                                    HasSubstr("input 'x' has data_type TYPE_INT8, but TYPE_FP32"),
                                    HasSubstr("input 'x' has dims [3,32,49], but [3,32,48]"),
                                    HasSubstr("output 'z' of the config is not in the model file"),
                                    HasSubstr("output 'y' has dims [11], but [10]")));
  EXPECT_TRUE(BuildSpec("net", {}, Classifier(), 1).faults.empty());
}

TEST(MakeSpecTest, AFixedBatchIsOneFaultAndItsDimsAreNone) {
  FileDeclarations file = Classifier();
  file.inputs[0].declaration.dims[0] = 1;
  const auto config = ParseConfig(
      "max_batch_size: 4 input { name: 'x' data_type: TYPE_FP32 dims: [3, 32, 48] }", "config");
  ASSERT_TRUE(config.ok());
  const std::vector<ConfigFault> faults = BuildSpec("net", *config, file, 1).faults;
  ASSERT_EQ(faults.size(), 1);
  EXPECT_EQ(faults[0].field, "max_batch_size");
  EXPECT_THAT(faults[0].status.ToString(), HasSubstr("fixes the first dimension"));
}

}  // namespace
}  // namespace convoy::models
