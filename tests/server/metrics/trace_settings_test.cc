#include "server/metrics/trace_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace convoy::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(TraceSettings, BeginsAsTheProtocolsOwnServer) {
  EXPECT_THAT(TraceSettings().ValuesFor(""),
              UnorderedElementsAre(
                  Pair("trace_level", ElementsAre("OFF")), Pair("trace_rate", ElementsAre("1000")),
                  Pair("trace_count", ElementsAre("-1")), Pair("log_frequency", ElementsAre("0")),
                  Pair("trace_file", ElementsAre("")), Pair("trace_mode", ElementsAre("triton"))));
}

TEST(TraceSettings, AModelFollowsTheGlobalSettingsWhereItHasNoneOfItsOwn) {
  TraceSettings settings;
  ASSERT_TRUE(settings.Update("", {{"trace_rate", {"5"}}, {"trace_level", {"TENSORS"}}}).ok());
  ASSERT_TRUE(settings.Update("net", {{"trace_rate", {"7"}}}).ok());
  EXPECT_EQ(settings.For("net").rate, 7);
  EXPECT_TRUE(settings.For("net").tensors);
  EXPECT_EQ(settings.For("other").rate, 5);
  ASSERT_TRUE(settings.Update("", {{"trace_level", {"TIMESTAMPS", "TENSORS"}}}).ok());
  EXPECT_TRUE(settings.For("net").timestamps);
  // Without values a setting is cleared.
  ASSERT_TRUE(settings.Update("net", {{"trace_rate", {}}}).ok());
  EXPECT_EQ(settings.For("net").rate, 5);
  ASSERT_TRUE(settings.Update("", {{"trace_rate", {}}, {"trace_level", {}}}).ok());
  EXPECT_EQ(settings.For("net"), TraceChoice{});
}

TEST(TraceSettings, ABadChangeChangesNothing) {
  const struct {
    SettingValues changes;
    absl::StatusCode code;
    std::string says;
  } cases[] = {
      {{{"trace_rate", {"often"}}},
       absl::StatusCode::kInvalidArgument,
       "Unable to parse 'trace_rate', got: 'often'; it is a whole number from 1"},
      {{{"trace_rate", {"0"}}}, absl::StatusCode::kInvalidArgument, "from 1"},
      {{{"trace_rate", {"1", "2"}}}, absl::StatusCode::kInvalidArgument, "one value, got 2"},
      {{{"trace_count", {"-2"}}}, absl::StatusCode::kInvalidArgument, "from -1"},
      {{{"log_frequency", {"4294967296"}}}, absl::StatusCode::kInvalidArgument, "to 4294967295"},
      {{{"trace_level", {"OFF", "TENSORS"}}}, absl::StatusCode::kInvalidArgument, "OFF alone"},
      {{{"trace_level", {"MAX"}}}, absl::StatusCode::kInvalidArgument, "'MAX'"},
      {{{"trace_file", {"/etc/passwd"}}}, absl::StatusCode::kUnimplemented, "trace file location"},
      {{{"trace_mode", {"x"}}}, absl::StatusCode::kUnimplemented, "trace mode"},
      {{{"color", {"red"}}}, absl::StatusCode::kInvalidArgument, "'color' is no trace setting"},
  };
  for (const auto& bad : cases) {
    TraceSettings settings;
    SettingValues changes = bad.changes;
    changes.insert({"trace_count", {"9"}});  // good, and first by name in some, last in others
    const absl::Status status = settings.Update("net", changes);
    EXPECT_EQ(status.code(), bad.code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.says));
    EXPECT_EQ(settings.For("net"), TraceChoice{}) << bad.says;
  }
}

TEST(TraceSettingsTest, TakesOneOfSoManyUntilTheCountIsReached) {
  TraceSettings settings;
  EXPECT_FALSE(settings.Take("net"));
  ASSERT_TRUE(
      settings
          .Update("",
                  {{"trace_level", {"TIMESTAMPS"}}, {"trace_rate", {"3"}}, {"trace_count", {"2"}}})
          .ok());
  std::vector<bool> taken;
  for (int i = 0; i < 9; ++i) taken.push_back(settings.Take("net"));
  EXPECT_EQ(taken,
            (std::vector<bool>{true, false, false, true, false, false, false, false, false}));
  EXPECT_EQ(settings.For("net").count, 0);
}

// The lock-free way and the one with settings of a model's own choose alike.
TEST(TraceSettingsTest, ThreadsTogetherTakeOneOfSoMany) {
  for (const bool own : {false, true}) {
    TraceSettings settings;
    settings.SetRate(4);
    if (own) {
      ASSERT_TRUE(settings.Update("other", {{"trace_rate", {"7"}}}).ok());
    }
    ASSERT_TRUE(settings.Update("", {{"trace_count", {"150"}}}).ok());
    std::atomic<int> taken = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&settings, &taken] {
        for (int i = 0; i < 100; ++i) taken += settings.Take("net") ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(taken, 100);
    EXPECT_EQ(settings.For("net").count, 50);
    for (int i = 0; i < 400; ++i) taken += settings.Take("net") ? 1 : 0;
    EXPECT_EQ(taken, 150);
    EXPECT_EQ(settings.For("net").count, 0);
  }
}

TEST(TraceSettingsTest, SwitchedOffNothingIsTaken) {
  TraceSettings settings;
  settings.SetRate(1);
  EXPECT_TRUE(settings.Take("net"));
  ASSERT_TRUE(settings.Update("net", {{"trace_level", {"OFF"}}}).ok());
  EXPECT_FALSE(settings.Take("net"));
  EXPECT_TRUE(settings.Take("other"));
  ASSERT_TRUE(settings.Update("", {{"trace_level", {"OFF"}}}).ok());
  EXPECT_FALSE(settings.Take("other"));
}

TEST(TraceSettingsTest, AModelsOwnCountIsItsOwn) {
  TraceSettings settings;
  settings.SetRate(1);
  ASSERT_TRUE(settings.Update("net", {{"trace_count", {"1"}}}).ok());
  EXPECT_TRUE(settings.Take("net"));
  EXPECT_FALSE(settings.Take("net"));
  EXPECT_TRUE(settings.Take("other"));
  EXPECT_EQ(settings.For("other").count, -1);
}

}  // namespace
}  // namespace convoy::server
