#include "tests/bench/closed_loop.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <limits>
#include <memory>
#include <mutex>
#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace convoy::testing {
namespace {

constexpr char kMethod[] = "/inference.GRPCInferenceService/ModelInfer";

class Loop {
 public:
  Loop(int port, const LoopSettings& settings) : settings_(settings) {
    grpc::Slice slice(settings.message);
    request_ = grpc::ByteBuffer(&slice, 1);
    for (int i = 0; i < settings.connections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      arguments.SetMaxReceiveMessageSize(std::numeric_limits<int32_t>::max());
      stubs_.push_back(std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
          absl::StrFormat("127.0.0.1:%d", port), grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  LoopResult Run() {
    running_ = settings_.in_flight;
    for (int i = 0; i < settings_.in_flight; ++i) {
      calls_.push_back(std::make_unique<Call>());
      Start(*calls_.back(), *stubs_[static_cast<size_t>(i) % stubs_.size()]);
    }
    absl::SleepFor(settings_.warm_up);
    const absl::Time begin = absl::Now();
    const absl::Duration client = OwnCpuTime();
    const absl::Duration server = CpuTimeOf(settings_.server_pid);
    phase_ = Phase::kCounts;
    absl::SleepFor(settings_.length);
    phase_ = Phase::kEnds;
    result_.elapsed = absl::Now() - begin;
    result_.client_cpu = OwnCpuTime() - client;
    result_.server_cpu = CpuTimeOf(settings_.server_pid) - server;
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  enum class Phase { kWarmsUp, kCounts, kEnds };

  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    grpc::ByteBuffer response;
    absl::Time start;
  };

  void Start(Call& call, grpc::GenericStub& stub) {
    call.context = std::make_unique<grpc::ClientContext>();
    call.response.Clear();
    call.start = absl::Now();
    stub.UnaryCall(call.context.get(), kMethod, {}, &request_, &call.response,
                   [this, &call, &stub](const grpc::Status& status) { End(call, stub, status); });
  }

  void End(Call& call, grpc::GenericStub& stub, const grpc::Status& status) {
    const Phase phase = phase_;
    if (phase == Phase::kCounts) Count(absl::Now() - call.start, status);
    if (phase != Phase::kEnds) return Start(call, stub);
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) ended_.notify_all();
  }

  void Count(absl::Duration latency, const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    if (status.ok()) {
      ++result_.calls;
      result_.latencies.push_back(latency);
    } else if (++result_.failures == 1) {
      result_.failure = status.error_message();
    }
  }

  const LoopSettings settings_;
  grpc::ByteBuffer request_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::atomic<Phase> phase_ = Phase::kWarmsUp;
  std::mutex mutex_;  // guards what follows
  std::condition_variable ended_;
  int running_ = 0;
  LoopResult result_;
};

}  // namespace

absl::Duration LoopResult::Percentile(double percent) const {
  if (latencies.empty()) return absl::ZeroDuration();
  const auto last = static_cast<double>(latencies.size() - 1);
  return latencies[static_cast<size_t>(last * percent / 100)];
}

LoopResult RunClosedLoop(int port, const LoopSettings& settings) {
  return Loop(port, settings).Run();
}

absl::Duration CpuTimeOf(int pid) {
  std::ifstream file(absl::StrFormat("/proc/%d/stat", pid));
  std::stringstream text;
  text << file.rdbuf();
  // Behind the name, which may hold anything: state, 10 numbers, utime, stime in clock ticks.
  std::istringstream fields(
      text.str().substr(std::min(text.str().rfind(')') + 1, text.str().size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return absl::Seconds(static_cast<double>(user + system) /
                       static_cast<double>(sysconf(_SC_CLK_TCK)));
}

absl::Duration OwnCpuTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

}  // namespace convoy::testing
