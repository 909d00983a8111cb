#include "compute/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace convoy::compute
