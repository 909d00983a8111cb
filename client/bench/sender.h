// One thread of the load generator: a completion queue, some connections, and the calls in flight
// on them. Inside client/bench only.
//
// Start may be called from any thread; `on_end` runs in the sender's thread and may Start the next
// call there.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace convoy::client {

using Metadata = std::vector<std::pair<std::string, std::string>>;

class Sender {
 public:
  struct Call {
    int64_t index = 0;         // of the workload
    absl::Duration due, sent;  // since the start of the run
    bool held = false;         // the cap of calls in flight kept it back
    grpc::Status status;       // once it has ended
    grpc::ByteBuffer reply;

   private:
    friend class Sender;
    // Made anew for each call; gRPC's contexts cannot be used twice.
    std::optional<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
    bool active = false;
  };
  using OnEnd = std::function<void(Sender& sender, Call& call)>;

  struct Options {
    std::vector<std::shared_ptr<grpc::Channel>> channels;  // at least one
    std::string method;
    Metadata metadata;
    absl::Duration timeout;
  };

  Sender(Options options, OnEnd on_end);
  ~Sender();  // after Close

  void Start(int64_t index, const grpc::ByteBuffer& request, absl::Duration due,
             absl::Duration sent, bool held);
  void CancelAll();

  // Ends the thread; no call is in flight, and none starts any more.
  void Close();

  // Of the thread, once closed.
  absl::Duration processor_time() const { return processor_time_; }

 private:
  void Serve();
  Call& Take();
  void GiveBack(Call& call);

  const Options options_;
  const OnEnd on_end_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<Call*> free_;
  size_t next_stub_ = 0;
  absl::Duration processor_time_;
  std::thread thread_;
};

// Of the calling thread.
absl::Duration ThreadProcessorTime();

}  // namespace convoy::client
