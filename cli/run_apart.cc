#include "cli/run_apart.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace convoy::cli {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr absl::Duration kPollEvery = absl::Milliseconds(1);
constexpr int kSignalBase = 128;  // the shell's convention

class Pipe {
 public:
  Pipe() { failed_ = pipe2(ends_, O_CLOEXEC) != 0; }
  ~Pipe() {
    CloseReader();
    CloseWriter();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool failed() const { return failed_; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void CloseReader() { Close(ends_[0]); }
  void CloseWriter() { Close(ends_[1]); }

 private:
  static void Close(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }

  int ends_[2] = {-1, -1};
  bool failed_ = false;
};

[[noreturn]] void BeChild(const std::function<int()>& work, const Pipe& out, const Pipe& error) {
  dup2(out.writer(), STDOUT_FILENO);
  dup2(error.writer(), STDERR_FILENO);
  _exit(work());
}

// One read; closes the pipe at its end. What is above the limit is read and dropped.
void ReadSome(Pipe& pipe, std::string& text) {
  char bytes[4096];
  const ssize_t count = read(pipe.reader(), bytes, sizeof(bytes));
  if (count < 0 && errno == EINTR) return;
  if (count <= 0) {
    pipe.CloseReader();
    return;
  }
  text.append(bytes, std::min(static_cast<size_t>(count), kMaxBytes - text.size()));
}

// Reads both until they end; false when `deadline` is over first.
bool ReadAll(Pipe& out, Pipe& error, absl::Time deadline, ApartResult& result) {
  while (out.reader() >= 0 || error.reader() >= 0) {
    pollfd ends[2] = {{out.reader(), POLLIN, 0}, {error.reader(), POLLIN, 0}};
    const int64_t left_ms = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left_ms <= 0) return false;
    if (poll(ends, 2, static_cast<int>(std::min<int64_t>(left_ms, 1000))) <= 0) continue;
    if (ends[0].revents != 0) ReadSome(out, result.out);
    if (ends[1].revents != 0) ReadSome(error, result.error);
  }
  return true;
}

// The status of `child` once it has ended, which may be after it has closed its output.
int WaitFor(pid_t child, absl::Time deadline, ApartResult& result) {
  int status = 0;
  while (!result.timed_out && waitpid(child, &status, WNOHANG) != child) {
    result.timed_out = absl::Now() > deadline;
    absl::SleepFor(kPollEvery);
  }
  if (!result.timed_out) return status;
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

absl::StatusOr<ApartResult> RunApart(const std::function<int()>& work, absl::Duration timeout) {
  Pipe out;
  Pipe error;
  if (out.failed() || error.failed()) {
    return absl::InternalError(absl::StrFormat("No pipe can be made: %s.", std::strerror(errno)));
  }
  const pid_t child = fork();
  if (child < 0) {
    return absl::InternalError(
        absl::StrFormat("No process can be made: %s.", std::strerror(errno)));
  }
  if (child == 0) BeChild(work, out, error);
  out.CloseWriter();
  error.CloseWriter();
  const absl::Time deadline = absl::Now() + timeout;
  ApartResult result;
  result.timed_out = !ReadAll(out, error, deadline, result);
  const int status = WaitFor(child, deadline, result);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
  return result;
}

}  // namespace convoy::cli
