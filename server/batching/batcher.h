// Queues requests of one model version and runs them in batches, as batch_policy decides. Two
// threads: one decides and answers what expires, so that a deadline is kept while a batch runs; one
// runs batches.
//
//   Batcher batcher(settings, runner, clock, observer);
//   Batcher::Ticket ticket = batcher.Submit(std::move(request));
//   batcher.Cancel(ticket);                      // leaves the queue; a running batch is not
//   stopped
//
// Every submitted request is answered exactly once through `done`, from any thread, perhaps before
// Submit returns, and never under the batcher's lock. Thread-safe. The destructor lets the running
// batch end and answers what still waits with UNAVAILABLE. `runner`, `clock` and `observer` must
// outlive the batcher, and the bytes behind a request's inputs its answer.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/clock.h"
#include "compute/tensor/tensor.h"
#include "server/batching/batch_policy.h"
#include "server/batching/batch_runner.h"

namespace convoy::server {

// What became of a request that ran.
struct Answer {
  std::vector<compute::HostTensor> outputs;
  absl::Duration queue;  // from Submit to the start of its batch
  BatchReport batch;
};

struct Request {
  int64_t rows = 1;
  std::string shape_key;  // requests with equal keys may share a batch
  std::vector<compute::TensorView> inputs;
  absl::Time deadline = absl::InfiniteFuture();
  std::function<void(absl::StatusOr<Answer>)> done;
};

struct BatcherSettings {
  std::string model;  // for messages
  int64_t max_rows = 1;
  absl::Duration max_queue_delay = absl::ZeroDuration();
  int64_t max_queue_size = 256;  // requests that wait, those of the running batch not counted
};

// Learns of every batch and of every change of the queue's length. Called from the batcher's
// threads and from Submit; must not call back.
class BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  virtual void OnBatch(const BatchReport& report) = 0;
  virtual void OnQueueSize(int64_t requests) = 0;
};

class Batcher {
 public:
  using Ticket = uint64_t;

  Batcher(BatcherSettings settings, BatchRunner& runner, const compute::Clock& clock,
          BatchObserver* observer);
  ~Batcher();
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // INVALID_ARGUMENT for more rows than a batch may have, UNAVAILABLE for a full queue.
  Ticket Submit(Request request);

  // Answers a waiting request with CANCELLED; one that runs or is answered stays as it is.
  void Cancel(Ticket ticket);

  // Decides afresh now. Needed only where the clock moves by jumps.
  void Wake();

  int64_t queue_size() const;

 private:
  struct Waiting {
    Ticket ticket = 0;
    absl::Time arrival;
    bool cancelled = false;
    Request request;
  };
  using Batch = std::vector<Waiting>;
  struct Rejected {
    Waiting waiting;
    absl::Status status;
  };

  // The first five are called with mutex_ held.
  absl::Status Admit(const Request& request) const;
  BatchDecision Decide(absl::Time now) const;
  std::vector<Rejected> Carry(const BatchDecision& decision);
  void RejectAll(std::vector<Rejected>& rejected);
  void QueueChanged();
  void DecideLoop();
  void RunLoop();
  void RunBatch(Batch batch);
  absl::StatusOr<BatchReport> CallRunner(std::span<BatchPart> parts);

  const BatcherSettings settings_;
  BatchRunner& runner_;
  const compute::Clock& clock_;
  BatchObserver* const observer_;

  // std::mutex, not absl::Mutex: ThreadSanitizer sees into it though the library is not
  // instrumented. It guards what follows, down to the threads.
  mutable std::mutex mutex_;
  // The queue changed, the device became idle, or the end has come.
  std::condition_variable decide_;
  // A batch is ready, or the end has come.
  std::condition_variable run_;
  std::vector<Waiting> queue_;
  Batch next_;  // handed to the running thread; empty when there is none
  bool device_idle_ = true;
  bool stopping_ = false;
  Ticket last_ticket_ = 0;
  absl::Duration expected_run_ = absl::ZeroDuration();

  std::thread decide_thread_;
  std::thread run_thread_;
};

}  // namespace convoy::server
