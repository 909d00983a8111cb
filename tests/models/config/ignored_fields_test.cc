#include "models/config/ignored_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/config/config_file.h"

namespace convoy::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> IgnoredIn(const std::string& text) {
  const auto config = ParseConfig(text, "net/config.pbtxt");
  EXPECT_TRUE(config.ok()) << config.status();
  return IgnoredFields(*config);
}

TEST(IgnoredFieldsTest, WhatConvoyUsesIsNotListed) {
  EXPECT_THAT(IgnoredIn(R"(
      name: 'net' platform: 'onnxruntime_onnx' backend: 'onnxruntime' max_batch_size: 8
      default_model_filename: 'net.onnx' version_policy { latest { num_versions: 2 } }
      input { name: 'x' data_type: TYPE_FP32 dims: [3, 8, 8] }
      output { name: 'y' data_type: TYPE_FP32 dims: [10] label_filename: 'labels.txt' }
      dynamic_batching { max_queue_delay_microseconds: 100
                         default_queue_policy { max_queue_size: 9 } }
      parameters { key: 'image_mean' value { string_value: '0' } }
      parameters { key: 'classify_softmax' value { string_value: 'true' } })"),
              IsEmpty());
}

TEST(IgnoredFieldsTest, TheRestIsListedOnceByItsPath) {
  EXPECT_THAT(IgnoredIn(R"(
      input { name: 'x' format: FORMAT_NCHW } input { name: 'z' format: FORMAT_NCHW }
      instance_group { count: 2 } instance_group { count: 3 }
      dynamic_batching { preferred_batch_size: 4 preserve_ordering: true
                         default_queue_policy { allow_timeout_override: true } }
      parameters { key: 'threads' value { string_value: '4' } })"),
              ElementsAre("input.format", "instance_group", "dynamic_batching.preferred_batch_size",
                          "dynamic_batching.preserve_ordering",
                          "dynamic_batching.default_queue_policy.allow_timeout_override",
                          "parameters['threads']"));
}

}  // namespace
}  // namespace convoy::models
