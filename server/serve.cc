#include "server/serve.h"

#include <sys/resource.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "compute/base/log.h"
#include "compute/base/log_settings.h"
#include "server/server.h"

namespace convoy::server {
namespace {

// A device that hangs must not hold up the end for ever: this long after the drain's own limit the
// process ends as it is.
constexpr absl::Duration kGrace = absl::Seconds(2);
constexpr int kSignalExitBase = 128;  // the shell's convention: 128 + signal number

// Takes the stop signals in a thread of its own, so that no handler runs in anyone else's.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a client that leaves is an error code, not the end
    std::thread([this] { Loop(); }).detach();
  }

  void SetServing() {
    const std::lock_guard lock(mutex_);
    serving_ = true;
  }

  // As SIGTERM does.
  void Stop() {
    const std::lock_guard lock(mutex_);
    if (signal_ == 0) signal_ = SIGTERM;
    arrived_.notify_one();
  }

  // Blocks until the first signal and returns it.
  int Await() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return signal_ != 0; });
    return signal_;
  }

 private:
  void Loop() {
    while (true) {
      int signal = 0;
      if (sigwait(&signals_, &signal) != 0) continue;
      const std::lock_guard lock(mutex_);
      if (signal_ != 0) std::_Exit(kSignalExitBase + signal);  // the second one
      if (!serving_) {
        std::fputs("stopped while the models were loading\n", stderr);
        std::_Exit(EXIT_SUCCESS);
      }
      signal_ = signal;
      arrived_.notify_one();
    }
  }

  sigset_t signals_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable arrived_;
  bool serving_ = false;
  int signal_ = 0;
};

// Every connection takes a descriptor, and gRPC (1.51) gives up its port for good when there is
// none left for the next. The usual soft limit of 1024 is for programs that use select().
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    compute::LogWarning("the limit of open files cannot be raised to %d", limit.rlim_max);
  }
}

}  // namespace

int Serve(const ServerOptions& options) {
  compute::SetLogLevel(options.log_level);
  if (options.log_json) {
    compute::LogSettings settings = compute::GetLogSettings();
    settings.format = compute::LogFormat::kJson;
    compute::ChangeLogSettings(settings);
  }
  RaiseDescriptorLimit();
  auto* const signals = new StopSignals;  // its thread lives as long as the process
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Create(options);
  if (!server.ok()) {
    std::fprintf(stderr, "convoy serve: %s\n", server.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  signals->SetServing();
  (*server)->SetReady();
  (*server)->OnDeviceLost([signals] { signals->Stop(); });
  std::fputs((*server)->banner().c_str(), stderr);
  const int signal = signals->Await();
  compute::LogInfo("%s: no longer ready, draining", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  std::thread([limit = absl::Seconds(options.drain_seconds) + kGrace] {
    absl::SleepFor(limit);
    std::_Exit(EXIT_FAILURE);
  }).detach();
  const bool lost = (*server)->device_lost();
  const bool finished = (*server)->Shutdown(
      signal == SIGTERM && !lost ? absl::Seconds(options.lame_duck_seconds) : absl::ZeroDuration());
  if (!finished) {
    compute::LogWarning("calls that still ran after %d s were cancelled", options.drain_seconds);
    return EXIT_FAILURE;
  }
  compute::LogInfo("every call is answered, goodbye");
  // A load cannot be interrupted, and nobody waits for it any more.
  if ((*server)->loading()) std::_Exit(EXIT_SUCCESS);
  return lost ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace convoy::server
