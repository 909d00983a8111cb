#include "models/config/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"

namespace convoy::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  return std::string(ParseConfig(text, "net/config.pbtxt").status().message());
}

TEST(ConfigFileTest, TritonsConfigurationIsRead) {
  const auto config = ParseConfig(R"(
    name: "net"  # a comment
    platform: "onnxruntime_onnx"
    max_batch_size: 8
    input [ { name: "x", data_type: TYPE_FP32, format: FORMAT_NCHW, dims: [ 3, 224, 224 ] } ]
    output [ { name: "y", data_type: TYPE_FP32, dims: [ 1000 ], label_filename: "labels.txt" } ]
    instance_group [ { count: 2, kind: KIND_CPU } ]
    dynamic_batching { preferred_batch_size: [ 4, 8 ], max_queue_delay_microseconds: 100 }
    optimization { input_pinned_memory { enable: true } }
    model_warmup [ { name: "w", batch_size: 1, inputs { key: "x" value { data_type: TYPE_FP32, dims: 3, zero_data: true } } } ]
    parameters { key: "image_size" value { string_value: "224x224" } })",
                                  "net/config.pbtxt");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->max_batch_size(), 8);
  EXPECT_EQ(config->parameters().at("image_size").string_value(), "224x224");
}

TEST(ConfigFileTest, WhatCannotBeReadIsNamedWithItsPlaceAndItsLine) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"name: 'x'\n  max_batch_sizes: 3\n",
       "net/config.pbtxt:2:3: ModelConfig has no field 'max_batch_sizes'; did you mean "
       "'max_batch_size'? The line is 'max_batch_sizes: 3'"},
      {"input [ {\n\tname: 'x'\n\tdtype: TYPE_FP32\n} ]",
       "net/config.pbtxt:3:2: ModelInput has no field 'dtype'; fields are name, data_type, format, "
       "dims, reshape, is_shape_tensor, allow_ragged_batch, optional, is_non_linear_format_io. The "
       "line is 'dtype: TYPE_FP32'"},
      {"dynamic_batching {\n  max_queue_delay_microsecond # comment\n\n: 5 }",
       "net/config.pbtxt:2:3: ModelDynamicBatching has no field 'max_queue_delay_microsecond'; did "
       "you mean 'max_queue_delay_microseconds'? The line is 'max_queue_delay_microsecond # "
       "comment'"},
      {"instance_group { kind: KIND_TPU\n count: 1 }",
       "net/config.pbtxt:1:24: 'KIND_TPU' is no value of 'kind'; allowed are KIND_AUTO, KIND_GPU, "
       "KIND_CPU, KIND_MODEL. The line is 'instance_group { kind: KIND_TPU'"},
      {"max_batch_size: 'many'",
       "net/config.pbtxt:1:17: Expected integer, got: 'many'. The line is 'max_batch_size: "
       "'many''"},
      {"max_batch_size: 99999999999",
       "net/config.pbtxt:1:17: Integer out of range (99999999999). The line is 'max_batch_size: "
       "99999999999'"},
  };
  for (const auto& [text, message] : rows) EXPECT_EQ(ErrorOf(text), message);
  EXPECT_THAT(ErrorOf("input { data_type: TYPE_FLOAT }"),
              AllOf(HasSubstr(":1:20: 'TYPE_FLOAT' is no value of 'data_type'; allowed are"),
                    HasSubstr("TYPE_FP32")));
  EXPECT_THAT(ErrorOf("input {"), HasSubstr("net/config.pbtxt:1:8: "));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseConfig("input {", "").status()));
}

TEST(ConfigFileTest, WhatIsNotSupportedIsRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"\n sequence_batching { }", "net/config.pbtxt:2:2: 'sequence_batching' is not supported: "},
      {"ensemble_scheduling { }", ":1:1: 'ensemble_scheduling' is not supported: "},
      {"batch_input { }", ":1:1: 'batch_input' is not supported: "},
      {"batch_output { }", ":1:1: 'batch_output' is not supported: "},
      {"model_operations { op_library_filename: 'x.so' }", ":1:1: 'model_operations' is not"},
      {"model_repository_agents { agents { name: 'checksum' } }", "'model_repository_agents' is"},
      {"input { name: 'x' allow_ragged_batch: true }", ":1:19: 'input.allow_ragged_batch' is not"},
      {"input { name: 'x' optional: true }", ":1:19: 'input.optional' is not supported: "},
      {"input [ { name: 'x' }, {\n is_shape_tensor: true } ]", ":2:2: 'input.is_shape_tensor' is"},
      {"input { is_non_linear_format_io: true }", ":1:9: 'input.is_non_linear_format_io' is not"},
      {"output { is_shape_tensor: true }", ":1:10: 'output.is_shape_tensor' is not supported: "},
      {"output { is_non_linear_format_io: true }", "'output.is_non_linear_format_io' is not"},
      {"model_transaction_policy { decoupled: true }",
       ":1:28: 'model_transaction_policy.decoupled' is not supported: a request has one response"},
      {"platform: 'tensorrt_plan'",
       ":1:1: platform 'tensorrt_plan' is not supported; supported are 'onnxruntime_onnx', "
       "'onnxruntime' and 'convoy'"},
      {"backend: 'python'", ":1:1: backend 'python' is not supported; supported are"}};
  for (const auto& [text, message] : rows) {
    EXPECT_THAT(ErrorOf(text), HasSubstr(message));
    EXPECT_TRUE(absl::IsUnimplemented(ParseConfig(text, "").status())) << text;
  }
  for (const char* name : {"onnxruntime_onnx", "onnxruntime", "convoy"}) {
    EXPECT_EQ(ErrorOf(absl::StrFormat("platform: '%s'", name)), "");
    EXPECT_EQ(ErrorOf(absl::StrFormat("backend: '%s'", name)), "");
  }
  EXPECT_EQ(ErrorOf("model_transaction_policy { decoupled: false } input { optional: false }"), "");
}

TEST(ConfigFileTest, EveryFaultIsListedAndNotTheFirstAlone) {
  const ConfigFile file = ConfigFile::Parse("backend: 'python'\nsequence_batching {}\n", "c");
  ASSERT_EQ(file.faults().size(), 2);
  EXPECT_EQ(file.PlaceOf(file.faults()[1]).line, 2);
  EXPECT_EQ(Excerpt(file.PlaceOf(file.faults()[0])), "    backend: 'python'\n    ^\n");
}

TEST(ConfigFileTest, HostileTextIsRefused) {
  EXPECT_EQ(ErrorOf(std::string(kMaxConfigBytes + 1, ' ')),
            "net/config.pbtxt: it has 1048577 bytes; at most 1048576 are allowed");
  std::string list = "input { name: 'x' dims: [1";
  for (int i = 0; i < 5000; ++i) list += ",1";
  EXPECT_THAT(ErrorOf(list + "] }"),
              HasSubstr(":1:19: 'input.dims' lists 5001; at most 4096 are allowed"));
  std::string many;
  for (int i = 0; i < 4097; ++i) many += "input{}\n";
  EXPECT_THAT(ErrorOf(many), HasSubstr("'input' lists 4097"));
  EXPECT_THAT(ErrorOf("name: '\\xff\\xfe'"), HasSubstr(":1:1: 'name' is no UTF-8"));
  EXPECT_THAT(ErrorOf("parameters { key: '\\xc0\\x80' }"), HasSubstr("is no UTF-8"));
  const std::string nested = ErrorOf(std::string(1 << 18, '{'));
  EXPECT_LT(nested.size(), 1000);
  EXPECT_FALSE(ErrorOf(std::string("name: '\0'", 9)).empty());
  EXPECT_LT(ErrorOf("max_batch_size: " + std::string(1 << 18, '9')).size(), 1000);
  EXPECT_LT(ErrorOf(std::string(1 << 18, 'a') + ": 1").size(), 2000);
  EXPECT_THAT(ErrorOf("a\x1b[31m: 1"), testing::Not(HasSubstr("\x1b")));
}

TEST(ConfigFileTest, JsonStandsInForTheFile) {
  const auto config = ParseConfig(R"( { "max_batch_size": "16", "dynamicBatching": {},
      "input": [ { "name": "x", "data_type": "TYPE_FP32", "dims": [ 3, "-1" ] } ] })",
                                  "the given config");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->max_batch_size(), 16);
  EXPECT_TRUE(config->has_dynamic_batching());
  EXPECT_THAT(config->input(0).dims(), ElementsAre(3, -1));
  EXPECT_THAT(ErrorOf("{ \"max_batch_sizes\": 3 }"),
              AllOf(HasSubstr("net/config.pbtxt: it is no model configuration in JSON: "),
                    HasSubstr("max_batch_sizes")));
  EXPECT_THAT(ErrorOf("{ not json"), HasSubstr("it is no model configuration in JSON"));
  EXPECT_THAT(ErrorOf("{ \"sequence_batching\": {} }"),
              HasSubstr("net/config.pbtxt: 'sequence_batching' is not supported"));
  std::string nested = "{ \"name\": ";
  for (int i = 0; i < 100'000; ++i) nested += "[";
  EXPECT_LT(ErrorOf(nested).size(), 1000);
  EXPECT_FALSE(ErrorOf(nested).empty());
}

VersionPolicy PolicyOf(const std::string& text) {
  return VersionPolicyOf(*ParseConfig(text, "config.pbtxt"));
}

TEST(VersionPolicyTest, ChoosesAmongTheVersionsFound) {
  const std::vector<int64_t> found{7, 1, 30};
  const auto chosen = [&](const std::string& text) {
    return *ChooseVersions(PolicyOf(text), found);
  };
  EXPECT_THAT(chosen(""), ElementsAre(30));
  EXPECT_THAT(chosen("version_policy { latest { num_versions: 2 } }"), ElementsAre(7, 30));
  EXPECT_THAT(chosen("version_policy { latest { num_versions: 9 } }"), ElementsAre(1, 7, 30));
  EXPECT_THAT(chosen("version_policy { latest { } }"), ElementsAre(30));
  EXPECT_THAT(chosen("version_policy { all { } }"), ElementsAre(1, 7, 30));
  EXPECT_THAT(chosen("version_policy { specific { versions: [ 7, 1, 7 ] } }"), ElementsAre(1, 7));
}

TEST(VersionPolicyTest, AtLeastOneVersionMustRemain) {
  const VersionPolicy specific = PolicyOf("version_policy { specific { versions: [ 1, 2 ] } }");
  EXPECT_THAT(ChooseVersions(specific, {1, 3}).status().ToString(),
              HasSubstr("asks for the versions 1, 2; there are 1, 3"));
  EXPECT_FALSE(ChooseVersions(PolicyOf("version_policy { specific { } }"), {1}).ok());
  EXPECT_FALSE(ChooseVersions(PolicyOf(""), {}).ok());
}

}  // namespace
}  // namespace convoy::models
