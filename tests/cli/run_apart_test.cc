#include "cli/run_apart.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

namespace convoy::cli {
namespace {

int Say(int file, const std::string& text) {
  return write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
}

TEST(RunApartTest, GivesWhatTheWorkSaysAndReturns) {
  const auto result = RunApart(
      [] {
        Say(STDOUT_FILENO, "out");
        Say(STDERR_FILENO, "error");
        return 7;
      },
      absl::Seconds(60));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 7);
  EXPECT_FALSE(result->timed_out);
  EXPECT_EQ(result->out, "out");
  EXPECT_EQ(result->error, "error");
}

TEST(RunApartTest, SurvivesACrash) {
  const auto result = RunApart([] { return raise(SIGKILL); }, absl::Seconds(60));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 128 + SIGKILL);
}

TEST(RunApartTest, EndsWhatHangsAlsoWhenItHasClosedItsOutput) {
  for (const bool closes : {false, true}) {
    const auto result = RunApart(
        [closes] {
          if (closes) {
            close(STDOUT_FILENO);
            close(STDERR_FILENO);
          }
          while (true) pause();
          return 0;
        },
        absl::Milliseconds(50));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_TRUE(result->timed_out);
  }
}

TEST(RunApartTest, KeepsAMebibyte) {
  const auto result = RunApart(
      [] {
        const std::string page(4096, 'x');
        for (int i = 0; i < 300; ++i) Say(STDOUT_FILENO, page);
        return 0;
      },
      absl::Seconds(60));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 0) << "what is dropped is read all the same";
  EXPECT_EQ(result->out.size(), size_t{1} << 20);
}

}  // namespace
}  // namespace convoy::cli
