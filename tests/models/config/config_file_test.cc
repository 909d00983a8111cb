#include "models/config/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  return ParseConfig(text, "net/config.pbtxt").status().ToString();
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

TEST(ConfigFileTest, ErrorsNameFileLineAndField) {
  EXPECT_THAT(ErrorOf("name: 'x'\nmax_batch_sizes: 3\n"),
              AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("net/config.pbtxt"),
                    HasSubstr("line 2, column 1"), HasSubstr("max_batch_sizes")));
  EXPECT_THAT(ErrorOf("max_batch_size: 'many'"), HasSubstr("line 1"));
  EXPECT_THAT(ErrorOf("input { data_type: TYPE_FLOAT }"), HasSubstr("TYPE_FLOAT"));
  EXPECT_THAT(ErrorOf("input {"), HasSubstr("line 1"));
  EXPECT_THAT(ErrorOf(std::string(kMaxConfigBytes + 1, ' ')), HasSubstr("at most 1048576"));
}

TEST(ConfigFileTest, WhatIsNotSupportedIsRefusedByName) {
  for (const auto& [text, field] : std::vector<std::pair<std::string, std::string>>{
           {"sequence_batching { }", "'sequence_batching'"},
           {"ensemble_scheduling { }", "'ensemble_scheduling'"},
           {"batch_input { }", "'batch_input'"},
           {"batch_output { }", "'batch_output'"},
           {"input { name: 'x' allow_ragged_batch: true }", "'input.allow_ragged_batch'"},
           {"input { name: 'x' reshape { shape: 1 } }", "'input.reshape'"},
           {"input { name: 'x' optional: true }", "'input.optional'"},
           {"output { name: 'y' reshape { shape: 1 } }", "'output.reshape'"},
           {"model_transaction_policy { decoupled: true }", "'model_transaction_policy.decoupled'"},
           {"dynamic_batching { priority_levels: 2 }", "'dynamic_batching.priority_levels'"},
           {"dynamic_batching { default_queue_policy { default_timeout_microseconds: 5 } }",
            "default_timeout_microseconds'"},
           {"platform: 'tensorrt_plan'", "platform 'tensorrt_plan'"},
           {"backend: 'python'", "backend 'python'"}}) {
    EXPECT_THAT(ErrorOf(text), AllOf(HasSubstr("UNIMPLEMENTED"), HasSubstr(field),
                                     HasSubstr("not supported"), HasSubstr("in net/config.pbtxt")));
  }
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
