#include "models/config/field_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_format.h"
#include "models/config/config_file.h"

namespace convoy::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> LeftOutOf(const std::string& text) {
  const ConfigFile file = ConfigFile::Parse(text, "net/config.pbtxt");
  EXPECT_EQ(file.status(), absl::OkStatus());
  std::vector<std::string> lines;
  for (const ConfigFault& fault : file.Warnings()) {
    const ConfigPlace place = file.PlaceOf(fault);
    lines.push_back(absl::StrFormat("%d:%d %s", place.line, place.column, fault.status.message()));
  }
  return lines;
}

TEST(FieldTableTest, WhatIsHonouredHasNoWarning) {
  EXPECT_THAT(LeftOutOf(R"(
      name: 'net' platform: 'onnxruntime_onnx' backend: 'onnxruntime' max_batch_size: 8
      default_model_filename: 'net.onnx' version_policy { latest { num_versions: 2 } }
      input { name: 'x' data_type: TYPE_FP32 dims: [3, 8, 8] format: FORMAT_NCHW
              reshape { shape: [192] } }
      output { name: 'y' data_type: TYPE_FP32 dims: [10] label_filename: 'labels.txt' }
      dynamic_batching { max_queue_delay_microseconds: 100
                         preferred_batch_size: 4 priority_levels: 2 default_priority_level: 2
                         default_queue_policy { max_queue_size: 9 timeout_action: DELAY
                                                default_timeout_microseconds: 5
                                                allow_timeout_override: true }
                         priority_queue_policy { key: 1 value { max_queue_size: 3 } } }
      instance_group { kind: KIND_AUTO gpus: 0 name: 'g' count: 2 }
      response_cache { enable: true }
      model_warmup { name: 'w' }
      parameters { key: 'image_mean' value { string_value: '0' } }
      parameters { key: 'classify_softmax' value { string_value: 'true' } })"),
              IsEmpty());
}

TEST(FieldTableTest, WhatIsLeftOutIsListedOnceWithItsPlaceAndTheReason) {
  EXPECT_THAT(
      LeftOutOf("instance_group { passive: true } instance_group { passive: true }\n"
                "optimization { cuda { graphs: true }\n eager_batching: true }\n"
                "\n"
                "parameters { key: 'threads' value { string_value: '4' } }\n"
                "cc_model_filenames { key: '7.5' value: 'a' } runtime: 'r'\n"),
      ElementsAre("1:18 'instance_group.passive' is not used: the group is taken for one that "
                  "takes no requests, and is not counted",
                  "6:22 'cc_model_filenames' is not used: one file serves every device",
                  "2:16 'optimization.cuda' is not used: there is no CUDA; Vulkan's commands are "
                  "recorded once in any case",
                  "3:2 'optimization.eager_batching' is not used: an idle device takes what there "
                  "is in any case",
                  "6:46 'runtime' is not used: the runtime is Convoy itself",
                  "5:14 parameter 'threads' means nothing to Convoy"));
}

// Adds the paths of all fields that no row covers, and those of the rows that are met.
void Cover(const google::protobuf::Descriptor* message, const std::string& prefix,
           std::set<std::string>& met, std::vector<std::string>& bare) {
  for (int i = 0; i < message->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = message->field(i);
    const std::string path = prefix + field->name();
    const auto rows = FieldTable();
    const bool covered = std::any_of(rows.begin(), rows.end(),
                                     [&](const FieldRow& row) { return row.path == path; });
    if (covered) {
      met.insert(path);
    } else if (field->message_type() != nullptr) {
      Cover(field->message_type(), path + ".", met, bare);
    } else {
      bare.push_back(path);
    }
  }
}

TEST(FieldTableTest, EveryFieldHasOneRow) {
  std::set<std::string> met;
  std::vector<std::string> bare;
  Cover(inference::ModelConfig::descriptor(), "", met, bare);
  EXPECT_THAT(bare, IsEmpty());
  std::set<std::string> rows;
  for (const FieldRow& row : FieldTable()) {
    EXPECT_TRUE(rows.insert(std::string(row.path)).second) << row.path << " has two rows";
    EXPECT_EQ(met.count(std::string(row.path)), 1) << row.path << " is no field, or inside a row";
  }
}

TEST(FieldTableTest, TheCommittedPageIsTheRenderedOne) {
  const std::string path = "docs/model-configuration.md";  // tests run at the top of the tree
  std::ifstream file(path);
  ASSERT_TRUE(file.good()) << path;
  const std::string committed((std::istreambuf_iterator<char>(file)),
                              std::istreambuf_iterator<char>());
  EXPECT_EQ(committed, RenderFieldsPage()) << "'make docs' renders it again";
}

}  // namespace
}  // namespace convoy::models
