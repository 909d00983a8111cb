#include "models/config/serving_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "models/config/config_file.h"
#include "models/config/make_spec.h"

namespace convoy::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// x: [N, 3, 8, -1] -> y: [N, 10]
FileDeclarations Net() {
  return {{{{"x", compute::DType::kFloat32, {kAnyExtent, 3, 8, kAnyExtent}}, true}},
          {{{"y", compute::DType::kFloat32, {kAnyExtent, 10}}, true}}};
}

// All messages of a config for Net(), as loading and `convoy validate` show them.
std::vector<std::string> FaultsOf(const std::string& text) {
  const ConfigFile file = ConfigFile::Parse(text, "c");
  EXPECT_EQ(file.status(), absl::OkStatus());
  std::vector<std::string> lines;
  for (const ConfigFault& fault : BuildSpec("net", file.proto(), Net(), 8).faults) {
    const ConfigPlace place = file.PlaceOf(fault);
    lines.push_back(absl::StrFormat("%d:%d %s", place.line, place.column, fault.status.message()));
  }
  return lines;
}

ModelSpec SpecOf(const std::string& text) {
  const auto config = ParseConfig(text, "c");
  EXPECT_TRUE(config.ok()) << config.status();
  const auto spec = MakeSpec("net", *config, Net(), 8);
  EXPECT_TRUE(spec.ok()) << spec.status();
  return spec.ok() ? *spec : ModelSpec();
}

struct Row {
  const char* text;
  const char* fault;
};

class RefusedTest : public ::testing::TestWithParam<Row> {};

TEST_P(RefusedTest, WithItsPlaceAndWhatIsAllowed) {
  EXPECT_THAT(FaultsOf(GetParam().text), ElementsAre(GetParam().fault)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Batching, RefusedTest,
    ::testing::Values(
        Row{"dynamic_batching { preferred_batch_size: [2, 0] }",
            "1:20 dynamic_batching.preferred_batch_size has 0; allowed are 1 to max_batch_size, "
            "which is 8"},
        Row{"max_batch_size: 4\ndynamic_batching { preferred_batch_size: 2 preferred_batch_size: 8 "
            "}",
            "2:44 dynamic_batching.preferred_batch_size has 8; allowed are 1 to max_batch_size, "
            "which is 4"},
        Row{"dynamic_batching { max_queue_delay_microseconds: 18446744073709551615 }",
            "1:20 dynamic_batching.max_queue_delay_microseconds is 18446744073709551615; allowed "
            "are 0 to 3600000000"},
        Row{"dynamic_batching { priority_levels: 1025 default_priority_level: 1 }",
            "1:20 dynamic_batching.priority_levels is 1025; allowed are 0 to 1024"},
        Row{"dynamic_batching { priority_levels: 2 }",
            "1:20 dynamic_batching.default_priority_level is 0; allowed are 1 to 2"},
        Row{"dynamic_batching { priority_levels: 2 default_priority_level: 3 }",
            "1:39 dynamic_batching.default_priority_level is 3; allowed are 1 to 2"},
        Row{"dynamic_batching { default_priority_level: 3 }",
            "1:20 dynamic_batching.default_priority_level is 3; allowed are 0 to 0"},
        Row{"dynamic_batching { preserve_ordering: true priority_levels: 2 "
            "default_priority_level: 1 }",
            "1:44 dynamic_batching.priority_levels is 2, but preserve_ordering keeps the order of "
            "arrival; allowed is 1"},
        Row{"dynamic_batching { preserve_ordering: true\n"
            "default_queue_policy { timeout_action: DELAY } }",
            "2:24 dynamic_batching.default_queue_policy.timeout_action is DELAY, which breaks the "
            "order that preserve_ordering asks for; allowed is REJECT"},
        Row{"dynamic_batching { default_queue_policy { default_timeout_microseconds: 86400000001 } "
            "}",
            "1:43 dynamic_batching.default_queue_policy.default_timeout_microseconds is "
            "86400000001; allowed are 0 to 86400000000"},
        Row{"dynamic_batching { priority_levels: 2 default_priority_level: 1\n"
            "priority_queue_policy { key: 3 value {} } }",
            "2:25 dynamic_batching.priority_queue_policy has level 3; allowed are 1 to "
            "priority_levels, which is 2"}));

INSTANTIATE_TEST_SUITE_P(
    InstancesAndTags, RefusedTest,
    ::testing::Values(
        Row{"instance_group { kind: KIND_AUTO count: -1 }",
            "1:34 instance_group.count is -1; allowed are 0 to 64"},
        Row{"instance_group { count: 65 }", "1:18 instance_group.count is 65; allowed are 0 to 64"},
        Row{"instance_group { count: 40 } instance_group { count: 40 }",
            "1:1 the sum of all instance_group.count is 80; allowed are 0 to 64"},
        Row{"instance_group { name: 'g' kind: KIND_CPU gpus: [0] }",
            "1:43 instance_group 'g' has kind KIND_CPU, but lists gpus"},
        Row{"instance_group { gpus: [0, -1] }",
            "1:18 instance_group.gpus has -1; GPUs are numbered from 0"},
        Row{"version_policy { specific { versions: [1, -2] } }",
            "1:29 version_policy.specific has version -2; versions are numbered from 0"},
        Row{"metric_tags { key: '1a' value: 'b' }",
            "1:15 metric_tags has the key '1a'; allowed are letters, digits and '_', no digit and "
            "no '__' in front, and neither 'le' nor 'quantile'"},
        Row{"default_model_filename: '../x'",
            "1:1 default_model_filename is '../x', but must be a plain file name"}));

#define WARMUP(inputs) "model_warmup {\n name: 'w' batch_size: 2\n " inputs " }"

INSTANTIATE_TEST_SUITE_P(
    Warmup, RefusedTest,
    ::testing::Values(
        Row{"model_warmup { name: 'w' batch_size: 9 }",
            "1:26 model_warmup 'w' has batch_size 9; allowed are 0 to 8"},
        Row{WARMUP(""), "1:1 model_warmup 'w' leaves out input 'x'"},
        Row{WARMUP("inputs { key: 'x' value { data_type: TYPE_INT8 dims: [3, 8, 9] zero_data: "
                   "true } }"),
            "3:28 the warm-up of input 'x' has data_type TYPE_INT8; the input has TYPE_FP32"},
        Row{WARMUP("inputs { key: 'x' value { data_type: TYPE_FP32 dims: [3, 9, 9] zero_data: "
                   "true } }"),
            "3:49 the warm-up of input 'x' has dims [3,9,9]; the input has [3,8,-1], and a warm-up "
            "leaves none open"},
        Row{WARMUP("inputs { key: 'x' value { data_type: TYPE_FP32 dims: [3, 8, -1] zero_data: "
                   "true } }"),
            "3:49 the warm-up of input 'x' has dims [3,8,-1]; the input has [3,8,-1], and a "
            "warm-up leaves none open"},
        Row{WARMUP("inputs { key: 'x' value { data_type: TYPE_FP32 dims: [3, 8, "
                   "9223372036854775807] zero_data: true } }"),
            "3:49 the warm-up of input 'x' has dims [3,8,9223372036854775807], more than 268435456 "
            "bytes in 2 rows"},
        Row{WARMUP("inputs { key: 'x' value { data_type: TYPE_FP32 dims: [3, 8, 9] } }"),
            "3:11 the warm-up of input 'x' has no data; allowed are zero_data: true, random_data: "
            "true and input_data_file: 'FILE'"},
        Row{WARMUP("inputs { key: 'x' value { data_type: TYPE_FP32 dims: [3, 8, 9] zero_data: true "
                   "} } inputs { key: 'z' }"),
            "3:94 model_warmup 'w' has input 'z', which the model does not have"},
        Row{"model_warmup { name: 'w' batch_size: 1 count: 10001 inputs { key: 'x' value { "
            "data_type: TYPE_FP32 dims: [3, 8, 9] random_data: true } } }",
            "1:40 model_warmup 'w' has count 10001; allowed are 0 to 10000"}));

INSTANTIATE_TEST_SUITE_P(
    Tensors, RefusedTest,
    ::testing::Values(
        Row{"max_batch_size: 8 input { name: 'x' data_type: TYPE_FP32 dims: [3, 8, -1]\n reshape { "
            "shape: [24, -1] } }",
            "2:2 input 'x' in its reshape has dims [24,-1], but [3,8,-1] in the file (without the "
            "batch dimension where max_batch_size is above 0)"},
        Row{"max_batch_size: 8 input { name: 'x' data_type: TYPE_FP32\n dims: [25, -1] reshape { "
            "shape: [3, 8, -1] } }",
            "2:2 input 'x' has dims [25,-1], which cannot be reshaped to [3,8,-1]: both need as "
            "many -1, and as many elements before, between and behind them"},
        Row{"max_batch_size: 8 input { name: 'x' data_type: TYPE_FP32\n reshape { shape: [3, 8, "
            "-1] } }",
            "1:27 input 'x' has no dims"},
        Row{"max_batch_size: 8 input { name: 'x' data_type: TYPE_FP32 dims: [24, -1]\n format: "
            "FORMAT_NCHW reshape { shape: [3, 8, -1] } }",
            "2:2 input 'x' has format FORMAT_NCHW and 2 dims; an image has three, of channels, "
            "height and width"},
        Row{"max_batch_size: 8 input { name: 'x' data_type: TYPE_FP32 dims: [3, 8, 9] format: "
            "FORMAT_NCHW }\nparameters { key: 'image_layout' value { string_value: 'nhwc' } }",
            "2:14 parameter 'image_layout' is 'nhwc', but the format of input 'x' is FORMAT_NCHW"},
        Row{"name: 'other'", "1:1 the config names the model 'other', its directory 'net'"}));

TEST(ServingSettingsTest, BatchingIsTakenAsItIs) {
  const BatchingSettings batching = SpecOf(R"(dynamic_batching {
      preferred_batch_size: [ 8, 4, 4 ] max_queue_delay_microseconds: 250
      priority_levels: 3 default_priority_level: 2
      default_queue_policy { timeout_action: DELAY default_timeout_microseconds: 7
                             allow_timeout_override: true max_queue_size: 5 }
      priority_queue_policy { key: 3 value { max_queue_size: 1 } } })")
                                        .batching;
  EXPECT_THAT(batching.preferred_batch_sizes, ElementsAre(4, 8));
  EXPECT_EQ(batching.max_queue_delay, absl::Microseconds(250));
  EXPECT_EQ(batching.priority_levels, 3);
  EXPECT_EQ(batching.default_priority_level, 2);
  EXPECT_EQ(batching.queue, (QueuePolicy{.timeout_action = TimeoutAction::kDelay,
                                         .default_timeout = absl::Microseconds(7),
                                         .allow_timeout_override = true,
                                         .max_queue_size = 5}));
  EXPECT_EQ(batching.queue_of_priority.at(3).max_queue_size, 1);
  EXPECT_TRUE(SpecOf("dynamic_batching { preserve_ordering: true priority_levels: 1 "
                     "default_priority_level: 1 }")
                  .batching.preserve_ordering);
}

TEST(ServingSettingsTest, InstancesAreCountedAndNamedLikeTritons) {
  const ModelSpec spec = SpecOf(
      "instance_group { count: 2 kind: KIND_CPU } instance_group { count: 9 passive: true } "
      "instance_group { count: 3 kind: KIND_GPU gpus: [0, 1] name: 'own' }");
  ASSERT_EQ(spec.instance_groups.size(), 2);
  EXPECT_EQ(spec.instance_groups[0].name, "net_0");
  EXPECT_EQ(spec.instance_groups[0].kind, InstanceKind::kCpu);
  EXPECT_EQ(spec.instance_groups[1].name, "own");
  EXPECT_THAT(spec.instance_groups[1].gpus, ElementsAre(0, 1));
  EXPECT_EQ(InstanceCount(spec.instance_groups), 5);
  EXPECT_EQ(InstanceCount(SpecOf("").instance_groups), 0);
}

TEST(ServingSettingsTest, ReshapeAndFormatAreTaken) {
  const ModelSpec spec = SpecOf(R"(max_batch_size: 4
      input { name: 'x' data_type: TYPE_FP32 dims: [1, 24, -1] reshape { shape: [3, 8, -1] }
              format: FORMAT_NCHW }
      output { name: 'y' data_type: TYPE_FP32 dims: [2, 5] reshape { shape: [10] } })");
  ASSERT_EQ(spec.inputs.size(), 1);
  EXPECT_THAT(spec.inputs[0].dims, ElementsAre(1, 24, -1));
  EXPECT_THAT(*spec.inputs[0].network_dims, ElementsAre(3, 8, -1));
  EXPECT_EQ(spec.inputs[0].format, TensorFormat::kNchw);
  EXPECT_THAT(spec.outputs[0].dims, ElementsAre(2, 5));
  EXPECT_THAT(*spec.outputs[0].network_dims, ElementsAre(10));
}

TEST(ServingSettingsTest, TheRestIsCarriedAlong) {
  const ModelSpec spec = SpecOf(R"(
      metric_tags { key: 'team' value: 'vision' } response_cache { enable: true }
      parameters { key: 'threads' value { string_value: '4' } }
      default_model_filename: 'net.onnx'
      version_policy { specific { versions: [3, 1] } })");
  EXPECT_EQ(spec.metric_tags.at("team"), "vision");
  EXPECT_TRUE(spec.response_cache);
  EXPECT_EQ(spec.parameters.at("threads"), "4");
  EXPECT_EQ(spec.model_filename, "net.onnx");
  EXPECT_EQ(spec.version_policy.kind, VersionPolicy::Kind::kSpecific);
  EXPECT_THAT(spec.version_policy.specific, ElementsAre(3, 1));
}

TEST(ServingSettingsTest, WarmupIsTakenInTheOrderOfTheInputs) {
  const ModelSpec spec = SpecOf(R"(model_warmup { name: 'w' batch_size: 3 inputs { key: 'x'
      value { data_type: TYPE_FP32 dims: [3, 8, 5] input_data_file: 'x.raw' } } }
      model_warmup { name: 'skipped' inputs { key: 'x'
      value { data_type: TYPE_FP32 dims: [3, 8, 5] random_data: true } } })");
  ASSERT_EQ(spec.warmup.size(), 2);
  EXPECT_EQ(spec.warmup[0].batch_size, 3);
  EXPECT_EQ(spec.warmup[0].count, 1) << "0 is once";
  ASSERT_EQ(spec.warmup[0].inputs.size(), 1);
  EXPECT_EQ(spec.warmup[0].inputs[0].data, WarmupData::kFile);
  EXPECT_EQ(spec.warmup[0].inputs[0].file, "x.raw");
  EXPECT_EQ(spec.warmup[1].batch_size, 0);
}

}  // namespace
}  // namespace convoy::models
