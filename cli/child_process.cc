#include "cli/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
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

// The form in which exec takes words; they stay `words`'s.
std::vector<char*> PointersTo(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// All that the forked process does. The parent may have threads, so that nothing here may allocate
// or lock. What fails is told by its errno through `failed_fd`, which a successful exec closes.
[[noreturn]] void BeProgram(char* const* argv, char* const* environment, const char* output_path,
                            pid_t parent, int failed_fd) {
  bool ready = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0;
  if (getppid() != parent) _exit(kSignalBase + SIGTERM);  // it has ended before it was asked for
  if (ready && output_path[0] != '\0') {
    const int output = open(output_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ready = output >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
  }
  if (ready) execve(argv[0], argv, environment);
  const int error = errno;
  if (write(failed_fd, &error, sizeof(error)) != sizeof(error)) _exit(kSignalBase);
  _exit(kSignalBase - 1);  // as a shell ends that finds no program
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const std::vector<std::string>& arguments, const ChildOptions& options) {
  const std::vector<char*> argv = PointersTo(arguments);
  std::vector<char*> given;
  if (options.environment.has_value()) given = PointersTo(*options.environment);
  char* const* const environment = options.environment.has_value() ? given.data() : environ;
  int failed[2];
  if (pipe2(failed, O_CLOEXEC) != 0) {
    return absl::InternalError(absl::StrFormat("No pipe can be made: %s.", std::strerror(errno)));
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    BeProgram(argv.data(), environment, options.output_path.c_str(), parent, failed[1]);
  }
  int error = pid < 0 ? errno : 0;
  close(failed[1]);
  if (pid > 0 && read(failed[0], &error, sizeof(error)) > 0) waitpid(pid, nullptr, 0);
  close(failed[0]);
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
