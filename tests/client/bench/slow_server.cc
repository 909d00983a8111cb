// A server of the Open Inference Protocol for measuring load tools: it answers at once, or after a
// fixed time, and stalls now and then.
//
//   slow_server PORT [SERVICE_US [STALL_MS EVERY_MS]]
//
// Model "echo": one FP32 input x [-1,16]. With SERVICE_US it serves one call at a time, each for
// so long; every EVERY_MS it serves none for STALL_MS.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "absl/strings/str_format.h"
#include "inference/grpc_service.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

struct Pace {
  microseconds service{0};
  milliseconds stall{0};
  milliseconds every{0};
};

// One call at a time: waits until this one would be done.
class Queue {
 public:
  explicit Queue(const Pace& pace) : pace_(pace) {}

  void Serve() {
    if (pace_.service.count() == 0) return;
    Clock::time_point done;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      Clock::time_point start = std::max(Clock::now(), free_at_);
      if (pace_.every.count() > 0) {
        const auto into = (start - began_) % pace_.every;
        if (start - began_ >= pace_.every && into < pace_.stall) start += pace_.stall - into;
      }
      done = free_at_ = start + pace_.service;
    }
    std::this_thread::sleep_until(done);
  }

 private:
  const Pace pace_;
  const Clock::time_point began_ = Clock::now();
  std::mutex mutex_;
  Clock::time_point free_at_ = began_;
};

class EchoService : public inference::GRPCInferenceService::Service {
 public:
  explicit EchoService(const Pace& pace) : queue_(pace) {}

 private:
  grpc::Status ModelInfer(grpc::ServerContext*, const inference::ModelInferRequest* request,
                          inference::ModelInferResponse* response) override {
    queue_.Serve();
    response->set_model_name(request->model_name());
    response->set_model_version("1");
    response->set_id(request->id());
    auto* output = response->add_outputs();
    output->set_name("y");
    output->set_datatype("FP32");
    output->add_shape(1);
    output->add_shape(16);
    response->add_raw_output_contents(
        request->raw_input_contents_size() > 0 ? request->raw_input_contents(0) : "");
    return grpc::Status::OK;
  }
  grpc::Status ModelMetadata(grpc::ServerContext*, const inference::ModelMetadataRequest* request,
                             inference::ModelMetadataResponse* response) override {
    response->set_name(request->name());
    response->add_versions(std::string("1"));
    for (auto* tensor : {response->add_inputs(), response->add_outputs()}) {
      tensor->set_datatype("FP32");
      tensor->add_shape(-1);
      tensor->add_shape(16);
    }
    response->mutable_inputs(0)->set_name("x");
    response->mutable_outputs(0)->set_name("y");
    return grpc::Status::OK;
  }
  grpc::Status ModelConfig(grpc::ServerContext*, const inference::ModelConfigRequest* request,
                           inference::ModelConfigResponse* response) override {
    auto* config = response->mutable_config();
    config->set_name(request->name());
    config->set_max_batch_size(8);
    auto* input = config->add_input();
    input->set_name("x");
    input->set_data_type(inference::TYPE_FP32);
    input->add_dims(16);
    auto* output = config->add_output();
    output->set_name("y");
    output->set_data_type(inference::TYPE_FP32);
    output->add_dims(16);
    return grpc::Status::OK;
  }
  grpc::Status ServerMetadata(grpc::ServerContext*, const inference::ServerMetadataRequest*,
                              inference::ServerMetadataResponse* response) override {
    response->set_name("echo");
    response->set_version("1");
    return grpc::Status::OK;
  }
  grpc::Status ModelReady(grpc::ServerContext*, const inference::ModelReadyRequest*,
                          inference::ModelReadyResponse* response) override {
    response->set_ready(true);
    return grpc::Status::OK;
  }

  Queue queue_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: slow_server PORT [SERVICE_US [STALL_MS EVERY_MS]]\n");
    return 2;
  }
  const auto number = [&](int index) { return index < argc ? std::atol(argv[index]) : 0L; };
  EchoService service({microseconds(number(2)), milliseconds(number(3)), milliseconds(number(4))});
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(absl::StrFormat("127.0.0.1:%s", argv[1]),
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  server->Wait();
}
