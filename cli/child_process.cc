#include "cli/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace convoy::cli {
namespace {

constexpr absl::Duration kPollEvery = absl::Milliseconds(10);
constexpr int kSignalBase = 128;  // the shell's convention

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const std::vector<std::string>& arguments, const std::string& output_path) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (!output_path.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_path.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  }
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return absl::InternalError(
        absl::StrFormat("'%s' cannot be started: %s.", arguments[0], std::strerror(error)));
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid));
}

ChildProcess::~ChildProcess() {
  if (Poll().has_value()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::optional<int> ChildProcess::Poll() {
  if (exit_code_.has_value()) return exit_code_;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
  return exit_code_;
}

absl::StatusOr<int> ChildProcess::Terminate(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  if (!Poll().has_value()) kill(pid_, SIGTERM);
  while (!Poll().has_value()) {
    if (absl::Now() > deadline) {
      kill(pid_, SIGKILL);
      return absl::DeadlineExceededError(
          absl::StrFormat("The process %d does not end within %s of SIGTERM.",
                          static_cast<int>(pid_), absl::FormatDuration(timeout)));
    }
    absl::SleepFor(kPollEvery);
  }
  return *exit_code_;
}

absl::StatusOr<std::string> OwnPath() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    return absl::InternalError(
        absl::StrFormat("/proc/self/exe cannot be read: %s.", error.message()));
  }
  return path.string();
}

}  // namespace convoy::cli
