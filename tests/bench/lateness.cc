// How late queue timeouts and deadlines fire: requests wait behind a batch that does not end, each
// for 5 to 100 ms, and the time from its due moment to its answer is printed as a distribution.
//
//   lateness [REQUESTS]
//
// Three ways to be due: the deadline and the timeout of a request in the batcher, and the parameter
// `timeout` of a ModelInfer, as its client sees it. Run it on an idle machine. Asserts no time.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/base/clock.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/metrics/server_metrics.h"
#include "server/registry/registry.h"
#include "server/rpc/rpc_server.h"
#include "tests/support/gated_runner.h"

namespace convoy::testing {
namespace {

using server::Answer;
using server::Batcher;

constexpr int kTogether = 8;  // that wait at once, due at different moments

class Lateness {
 public:
  void Add(absl::Duration late) {
    const std::lock_guard lock(mutex_);
    late_.push_back(late);
  }

  void Print(const char* what) {
    std::sort(late_.begin(), late_.end());
    const auto at = [&](double percent) {
      const double last = static_cast<double>(late_.size() - 1);
      return absl::ToDoubleMilliseconds(late_[static_cast<size_t>(last * percent / 100)]);
    };
    std::printf("| %s | %d | %.2f | %.2f | %.2f | %.2f | %.2f |\n", what,
                static_cast<int>(late_.size()), at(0), at(50), at(90), at(99), at(100));
  }

 private:
  std::mutex mutex_;
  std::vector<absl::Duration> late_;
};

absl::Duration Wait(std::mt19937& random) { return absl::Milliseconds(5 + random() % 96); }

// Counts down to the end of a group.
class Latch {
 public:
  explicit Latch(int count) : count_(count) {}
  void Down() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) zero_.notify_all();
  }
  void Await() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  int count_;
};

// In the batcher itself.
void AskBatcher(int requests, bool by_deadline, Lateness& lateness) {
  GatedRunner runner;
  compute::SystemClock clock;
  const compute::HostTensor input({compute::DType::kFloat32, {1, 1}});
  Latch first(1);
  Batcher batcher({.model = "net", .max_rows = 1}, runner, clock, nullptr);
  batcher.Submit({.inputs = {input.view()}, .done = [&](absl::StatusOr<Answer>) { first.Down(); }});
  runner.AwaitRuns(1);
  std::mt19937 random(3);
  for (int done = 0; done < requests; done += kTogether) {
    Latch latch(kTogether);
    for (int i = 0; i < kTogether; ++i) {
      const absl::Duration wait = Wait(random);
      const absl::Time due = clock.Now() + wait;
      batcher.Submit({.inputs = {input.view()},
                      .deadline = by_deadline ? due : absl::InfiniteFuture(),
                      .done =
                          [&, due](absl::StatusOr<Answer> answer) {
                            if (answer.ok()) std::abort();
                            lateness.Add(clock.Now() - due);
                            latch.Down();
                          },
                      .timeout = by_deadline ? absl::InfiniteDuration() : wait});
    }
    latch.Await();
  }
  runner.Open();
  first.Await();
}

models::ModelSpec Spec() {
  return {.name = "net",
          .max_batch_size = 1,
          .inputs = {{"IN", compute::DType::kFloat32, {1}}},
          .outputs = {{"OUT", compute::DType::kFloat32, {1}}}};
}

struct Call {
  grpc::ClientContext context;
  inference::ModelInferRequest request;
  inference::ModelInferResponse response;
};

std::unique_ptr<Call> MakeCall(absl::Duration timeout) {
  auto call = std::make_unique<Call>();
  call->request.set_model_name("net");
  auto& input = *call->request.add_inputs();
  input.set_name("IN");
  input.set_datatype("FP32");
  input.add_shape(1);
  input.add_shape(1);
  call->request.add_raw_input_contents(std::string(sizeof(float), '\0'));
  if (timeout < absl::InfiniteDuration()) {
    (*call->request.mutable_parameters())["timeout"].set_int64_param(
        absl::ToInt64Microseconds(timeout));
  }
  return call;
}

// By a client over gRPC.
void AskServer(int requests, Lateness& lateness) {
  compute::SystemClock clock;
  server::ServerMetrics metrics;
  server::Registry registry;
  auto gated = std::make_unique<GatedRunner>();
  GatedRunner& runner = *gated;
  registry.Add(std::make_shared<server::ServedModel>(Spec(), 1, std::move(gated), nullptr,
                                                     server::QueueDefaults{}, clock));
  const auto rpc = server::RpcServer::Start({.host = "127.0.0.1", .port = 0, .decoders = 1},
                                            registry, metrics, clock);
  if (!rpc.ok()) std::abort();
  const auto stub = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
      absl::StrFormat("127.0.0.1:%d", (*rpc)->port()), grpc::InsecureChannelCredentials()));
  Latch first(1);
  const auto running = MakeCall(absl::InfiniteDuration());
  stub->async()->ModelInfer(&running->context, &running->request, &running->response,
                            [&](const grpc::Status&) { first.Down(); });
  runner.AwaitRuns(1);
  std::mt19937 random(3);
  for (int done = 0; done < requests; done += kTogether) {
    Latch latch(kTogether);
    std::vector<std::unique_ptr<Call>> calls;
    for (int i = 0; i < kTogether; ++i) {
      const absl::Duration wait = Wait(random);
      calls.push_back(MakeCall(wait));
      const absl::Time due = clock.Now() + wait;
      stub->async()->ModelInfer(&calls.back()->context, &calls.back()->request,
                                &calls.back()->response, [&, due](const grpc::Status& status) {
                                  if (status.ok()) std::abort();
                                  lateness.Add(clock.Now() - due);
                                  latch.Down();
                                });
    }
    latch.Await();
  }
  runner.Open();
  first.Await();
}

}  // namespace
}  // namespace convoy::testing

int main(int argc, char** argv) {
  const int requests = argc > 1 ? std::max(1, std::atoi(argv[1])) : 400;
  std::printf(
      "| late, ms | requests | least | p50 | p90 | p99 | most |\n|---|---|---|---|---|---|---|\n");
  convoy::testing::Lateness deadlines, timeouts, calls;
  convoy::testing::AskBatcher(requests, true, deadlines);
  convoy::testing::AskBatcher(requests, false, timeouts);
  convoy::testing::AskServer(requests, calls);
  deadlines.Print("deadline");
  timeouts.Print("queue timeout");
  calls.Print("parameter `timeout`, over gRPC");
  return EXIT_SUCCESS;
}
