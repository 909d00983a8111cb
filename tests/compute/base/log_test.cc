#include "compute/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compute/base/log_settings.h"

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(LogTest, WritesLinesOfTheLevelAndAboveToStandardError) {
  SetLogLevel(LogLevel::kWarning);
  ::testing::internal::CaptureStderr();
  LogInfo("model '%s' is ready", "a");
  LogWarning("model '%s' takes %d s", "b", 3);
  LogError("a line with {braces} and %%");
  const std::string written = ::testing::internal::GetCapturedStderr();
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(written, Not(HasSubstr("'a'")));
  EXPECT_THAT(written, HasSubstr("model 'b' takes 3 s"));
  EXPECT_THAT(written, HasSubstr("{braces} and %"));
}

// Every level has a switch of its own, unlike with SetLogLevel.
TEST(LogTest, WritesTheLevelsThatAreSwitchedOn) {
  const LogSettings before = GetLogSettings();
  ChangeLogSettings({.info = true, .warning = false, .error = true, .verbose_level = 2});
  ::testing::internal::CaptureStderr();
  LogDebug("fine print");
  LogInfo("news");
  LogWarning("a caution");
  LogError("a fault");
  const std::string written = ::testing::internal::GetCapturedStderr();
  ChangeLogSettings(before);
  EXPECT_THAT(written, HasSubstr("fine print"));
  EXPECT_THAT(written, HasSubstr("news"));
  EXPECT_THAT(written, Not(HasSubstr("a caution")));
  EXPECT_THAT(written, HasSubstr("a fault"));
}

TEST(LogTest, WritesInTheFormatThatIsSet) {
  const LogSettings before = GetLogSettings();
  LogSettings settings = before;
  const auto line = [&](LogFormat format) {
    settings.format = format;
    ChangeLogSettings(settings);
    ::testing::internal::CaptureStderr();
    LogInfo("text");
    return ::testing::internal::GetCapturedStderr();
  };
  using ::testing::ContainsRegex;
  EXPECT_THAT(line(LogFormat::kDefault),
              ContainsRegex("^I[0-9]{4} [0-9:]{8}\\.[0-9]{6} [0-9]+\\] text"));
  EXPECT_THAT(line(LogFormat::kIso8601),
              ContainsRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z info text"));
  EXPECT_THAT(
      line(LogFormat::kJson),
      ContainsRegex("^\\{\"ts\":\"[0-9T:.-]{26}Z\",\"level\":\"info\",\"msg\":\"text\"\\}\n$"));
  ChangeLogSettings(before);
}

TEST(LogTest, JsonLinesStayWholeWhateverTheyQuote) {
  const LogSettings before = GetLogSettings();
  LogSettings settings = before;
  settings.format = LogFormat::kJson;
  ChangeLogSettings(settings);
  ::testing::internal::CaptureStderr();
  LogInfo("a \"b\" \\ c\nd \xc3\xa9");
  LogInfo("\xff");
  const std::string written = ::testing::internal::GetCapturedStderr();
  ChangeLogSettings(before);
  EXPECT_THAT(written, HasSubstr("\"msg\":\"a \\\"b\\\" \\\\ c\\u000ad \xc3\xa9\"}"));
  EXPECT_THAT(written, HasSubstr("\"msg\":\"\\u00ff\"}"));
}

TEST(LogTest, TheLevelSetsTheSwitches) {
  const LogSettings before = GetLogSettings();
  SetLogLevel(LogLevel::kError);
  EXPECT_EQ(GetLogSettings(), (LogSettings{.info = false, .warning = false}));
  SetLogLevel(LogLevel::kDebug);
  EXPECT_EQ(GetLogSettings(), (LogSettings{.verbose_level = 1}));
  ChangeLogSettings(before);
}

}  // namespace
}  // namespace convoy::compute
