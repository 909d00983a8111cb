#include "models/config/edit_config.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "models/config/config_file.h"

namespace convoy::models {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// A config as people write them.
constexpr char kWritten[] = R"(# of the vision team
name: "net"
max_batch_size: 8  # rows
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3, 8, 8 ] } ]
dynamic_batching {
	max_queue_delay_microseconds: 500   # a tab in front
  preserve_ordering: true
}
instance_group [ { kind: KIND_CPU, count: 1 } ]
parameters { key: "image_scale" value { string_value: "1}" } }
)";

EditedConfig Edit(const std::string& text, const BatchingEdit& edit,
                  const std::vector<std::string>& comments = {}) {
  const auto edited = EditConfig(text, edit, comments);
  EXPECT_TRUE(edited.ok()) << edited.status();
  return *edited;
}

inference::ModelConfig Parsed(const std::string& text) {
  const auto config = ParseConfig(text, "config.pbtxt");
  EXPECT_TRUE(config.ok()) << config.status() << "\n" << text;
  return *config;
}

TEST(EditConfigTest, ChangesTheFieldsAndNothingElse) {
  const EditedConfig edited = Edit(kWritten, {.max_batch_size = 16,
                                              .max_queue_delay_us = 2000,
                                              .preferred_batch_sizes = {{4, 8}},
                                              .instance_count = 2});
  EXPECT_EQ(edited.text, R"(# of the vision team
name: "net"
max_batch_size: 16  # rows
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3, 8, 8 ] } ]
dynamic_batching {
	max_queue_delay_microseconds: 2000   # a tab in front
  preserve_ordering: true
  preferred_batch_size: [ 4, 8 ]
}
instance_group [ { kind: KIND_CPU, count: 2 } ]
parameters { key: "image_scale" value { string_value: "1}" } }
)");
  EXPECT_FALSE(edited.rewritten);
  EXPECT_THAT(edited.changes,
              ElementsAre("max_batch_size: 8 -> 16",
                          "dynamic_batching.preferred_batch_size: none -> [ 4, 8 ]",
                          "dynamic_batching.max_queue_delay_microseconds: 500 -> 2000",
                          "instance_group.count: 1 -> 2"));
}

TEST(EditConfigTest, OtherFieldsKeepTheirValues) {
  inference::ModelConfig wanted = Parsed(kWritten);
  wanted.set_max_batch_size(4);
  wanted.mutable_dynamic_batching()->clear_max_queue_delay_microseconds();
  const EditedConfig edited = Edit(kWritten, {.max_batch_size = 4, .max_queue_delay_us = 0});
  EXPECT_TRUE(MessageDifferencer::Equivalent(Parsed(edited.text), wanted)) << edited.text;
  EXPECT_THAT(edited.text, HasSubstr("# of the vision team"));
}

TEST(EditConfigTest, AFieldGoesWithItsLineButNotItsComment) {
  const std::string text = "dynamic_batching {\n  max_queue_delay_microseconds: 5  # long\n}\n";
  EXPECT_EQ(Edit(text, {.max_queue_delay_us = 0}).text, "dynamic_batching {\n  # long\n}\n");
}

TEST(EditConfigTest, AnEditOfNothingLeavesTheText) {
  EXPECT_EQ(Edit(kWritten, {}).text, kWritten);
  EXPECT_THAT(Edit(kWritten, {.max_batch_size = 8}).changes, IsEmpty());
  EXPECT_EQ(Edit(kWritten, {.preferred_batch_sizes = {{}}}).text, kWritten);
}

TEST(EditConfigTest, MakesAConfigWhereThereIsNone) {
  const EditedConfig edited =
      Edit("", {.max_batch_size = 8, .max_queue_delay_us = 1000, .instance_count = 1}, {"why"});
  EXPECT_EQ(edited.text, R"(# convoy tune: why
max_batch_size: 8
dynamic_batching {
  max_queue_delay_microseconds: 1000
}
instance_group {
  count: 1
}
)");
}

TEST(EditConfigTest, FillsMessagesOfOneLine) {
  EXPECT_EQ(Edit("dynamic_batching {}\n", {.max_queue_delay_us = 7}).text,
            "dynamic_batching {\n  max_queue_delay_microseconds: 7\n}\n");
  EXPECT_EQ(Edit("dynamic_batching: < preserve_ordering: true >", {.max_queue_delay_us = 7}).text,
            "dynamic_batching: < preserve_ordering: true\n  max_queue_delay_microseconds: 7\n>");
}

TEST(EditConfigTest, ListsInEitherFormBecomeOne) {
  const std::string lines =
      "dynamic_batching {\n  preferred_batch_size: 2\n"
      "  preferred_batch_size: 4\n  preferred_batch_size: 8\n}\n";
  const EditedConfig edited = Edit(lines, {.preferred_batch_sizes = {{16}}});
  EXPECT_EQ(edited.text, "dynamic_batching {\n  preferred_batch_size: [ 16 ]\n}\n");
  EXPECT_EQ(Edit(lines, {.preferred_batch_sizes = {{}}}).text, "dynamic_batching {\n}\n");
}

TEST(EditConfigTest, TakesOutAsManyRepeatsAsThereAre) {
  std::string text = "dynamic_batching {\n";
  for (int i = 0; i < 3000; ++i) text += "  preferred_batch_size: 2\n";
  text += "  preferred_batch_size: [ 3, 4 ] preferred_batch_size: 8  # the last\n}\n";
  const EditedConfig edited = Edit(text, {.preferred_batch_sizes = {{16}}});
  EXPECT_EQ(Parsed(edited.text).dynamic_batching().preferred_batch_size_size(), 1);
  EXPECT_THAT(edited.text, HasSubstr("# the last\n"));
  EXPECT_FALSE(edited.rewritten);
}

TEST(EditConfigTest, ACommentIsOneLineWhateverItHolds) {
  EXPECT_EQ(Edit("max_batch_size: 8\n", {}, {"on a\nmax_batch_size: 9"}).text,
            "# convoy tune: on a max_batch_size: 9\nmax_batch_size: 8\n");
}

TEST(EditConfigTest, CommentsOfAnEarlierRunAreReplaced) {
  const EditedConfig once = Edit(kWritten, {}, {"one", "two"});
  EXPECT_THAT(once.text, StartsWith("# convoy tune: one\n# convoy tune: two\n# of the vision"));
  EXPECT_EQ(Edit(once.text, {}, {"three"}).text,
            absl::StrFormat("# convoy tune: three\n%s", kWritten));
}

TEST(EditConfigTest, WhatCannotBeEditedIsPrintedAnew) {
  const EditedConfig edited = Edit(R"({"name": "net", "maxBatchSize": 8})", {.max_batch_size = 4});
  EXPECT_TRUE(edited.rewritten);
  EXPECT_EQ(Parsed(edited.text).max_batch_size(), 4);
  EXPECT_EQ(Parsed(edited.text).name(), "net");
}

TEST(EditConfigTest, RefusesWhatItCannotRead) {
  EXPECT_EQ(EditConfig("max_batch_size: many", {}, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto groups =
      EditConfig("instance_group [ { count: 1 }, { count: 1 } ]", {.instance_count = 2}, {});
  EXPECT_THAT(std::string(groups.status().message()), HasSubstr("2 instance groups"));
}

}  // namespace
}  // namespace convoy::models
