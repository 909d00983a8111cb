#include "cli/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/serve_child.h"

namespace convoy::cli {
namespace {

std::unique_ptr<ChildProcess> StartShell(const std::string& script) {
  auto child = ChildProcess::Start({"/bin/sh", "-c", script});
  EXPECT_TRUE(child.ok()) << child.status();
  return *std::move(child);
}

TEST(ChildProcessTest, ReportsTheExitCode) {
  const auto child = StartShell("exit 7");
  while (!child->Poll().has_value()) {
  }
  EXPECT_EQ(child->Poll(), 7);
  EXPECT_EQ(*child->Terminate(absl::Seconds(1)), 7);
}

TEST(ChildProcessTest, TerminateEndsIt) {
  const auto child = StartShell("exec sleep 1000");
  EXPECT_EQ(child->Poll(), std::nullopt);
  EXPECT_EQ(*child->Terminate(absl::Seconds(30)), 128 + SIGTERM);
}

TEST(ChildProcessTest, OneThatIgnoresSigtermIsKilled) {
  // The child opens the pipe for writing once it ignores the signal; reading waits for that.
  const std::string pipe = testing::TempDir() + "child_process_test_pipe";
  std::filesystem::remove(pipe);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto child = StartShell("trap '' TERM; echo ready > " + pipe + "; exec sleep 1000");
  std::string word;
  std::ifstream(pipe) >> word;
  EXPECT_EQ(word, "ready");
  EXPECT_EQ(child->Terminate(absl::Milliseconds(50)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(ChildProcessTest, WhatItWritesGoesBehindAFile) {
  const std::string path = testing::TempDir() + "child_process_test_output";
  std::ofstream(path) << "before";
  const auto child =
      ChildProcess::Start({"/bin/sh", "-c", "printf out; printf err >&2"}, {.output_path = path});
  ASSERT_TRUE(child.ok()) << child.status();
  while (!(*child)->Poll().has_value()) {
  }
  std::string text;
  std::ifstream(path) >> text;
  EXPECT_EQ(text, "beforeouterr");
}

TEST(ChildProcessTest, ItsEnvironmentMayBeAnother) {
  const auto child = ChildProcess::Start({"/bin/sh", "-c", "[ \"$GIVEN$HOME\" = yes ]"},
                                         {.environment = {{"GIVEN=yes"}}});
  ASSERT_TRUE(child.ok()) << child.status();
  while (!(*child)->Poll().has_value()) {
  }
  EXPECT_EQ((*child)->Poll(), 0);
}

TEST(ChildProcessTest, ItEndsWithTheThreadThatStartedIt) {
  std::unique_ptr<ChildProcess> child;
  std::thread([&] { child = StartShell("exec sleep 1000"); }).join();
  while (!child->Poll().has_value()) {
  }
  EXPECT_EQ(child->Poll(), 128 + SIGTERM);
}

TEST(ServeChildTest, ServerSettingsOfTheEnvironmentAreLeftOut) {
  EXPECT_THAT(EnvironmentForChild({"PATH=/bin", "CONVOY_AUTH_TOKEN_FILE=tokens", "CONVOY_LANES=2",
                                   "CONVOY_GRPC_USE_SSL=true", "CONVOY_MAX_QUEUE_DELAY_US=500",
                                   "CONVOY_PRECISION=fp16", "CONVOY_LOAD_MODEL=other"}),
              testing::ElementsAre("PATH=/bin", "CONVOY_LANES=2", "CONVOY_PRECISION=fp16"));
}

TEST(ChildProcessTest, AMissingProgramIsAnError) {
  EXPECT_FALSE(ChildProcess::Start({"/nonexistent/program"}).ok());
}

}  // namespace
}  // namespace convoy::cli
