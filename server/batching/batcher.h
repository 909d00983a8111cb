// Queues requests of one model version and runs them in batches, as batch_policy decides. Whoever
// changes something decides what follows from it: Submit where a lane is free, a lane that becomes
// free, and a thread that wakes up when something is due, so that a deadline is kept while batches
// run. Each lane of the runner has a thread that runs batches.
//
//   Batcher batcher(settings, runner, clock, observer);
//   Batcher::Ticket ticket = batcher.Submit(std::move(request));
//   batcher.Cancel(ticket);                      // leaves the queue; a running batch is not
//   stopped
//
// A request of more rows than a batch runs in parts, which wait, expire and are cancelled together
// (split_request.h); wherever requests are counted it is one.
//
// Every submitted request is answered exactly once through `done`, from any thread, perhaps before
// Submit returns, and never under the batcher's lock. Thread-safe. The destructor lets running
// batches end and answers what still waits with UNAVAILABLE. `runner`, `clock` and `observer` must
// outlive the batcher, and the bytes behind a request's inputs its answer.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/clock.h"
#include "server/batching/batch_policy.h"
#include "server/batching/batch_runner.h"
#include "server/batching/batch_times.h"
#include "server/batching/queue_rules.h"
#include "server/batching/request.h"

namespace convoy::server {

struct BatcherSettings {
  std::string model;             // for messages
  int64_t max_rows = 1;          // of a batch
  int64_t max_request_rows = 0;  // of a request; 0: as many as a batch
  absl::Duration max_queue_delay = absl::ZeroDuration();
  QueueBounds bounds;  // of what waits; running batches are not counted
  QueueRules rules;
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

  // INVALID_ARGUMENT for more rows than a request may have, QueueBounds::code for a full queue.
  Ticket Submit(Request request);

  // Answers a waiting request with CANCELLED; one that runs or is answered stays as it is.
  void Cancel(Ticket ticket);

  // Decides afresh now. Needed only where the clock moves by jumps.
  void Wake();

  int64_t queue_size() const;

 private:
  struct Waiting {
    Ticket ticket = 0;  // parts of one request share it and stand side by side
    absl::Time arrival;
    absl::Time timeout;
    int64_t level = 0;
    int64_t bytes = 0;  // of the inputs
    bool cancelled = false;
    Request request;
  };
  using Batch = std::vector<Waiting>;
  struct Rejected {
    Waiting waiting;
    absl::Status status;
  };

  // A thread that runs one batch after another.
  struct Lane {
    std::condition_variable changed;  // a batch is there, or the end has come
    Batch batch;                      // handed to the thread; empty when there is none
    compute::Width width = compute::Width::kWide;
    int64_t rows = 0;  // that it has to run or runs; 0 = the lane is free
    std::thread thread;
  };

  // With mutex_ held, down to WakeToDecide.
  absl::Status Admit(const Request& request) const;
  absl::Status FindRoom(const Request& request) const;
  void Enqueue(Ticket ticket, Request request);
  LaneState FreeLanes() const;
  int64_t QueuedRows() const;
  bool IsRest(size_t i) const;
  int64_t QueuedRequests() const;
  void Withdraw(Ticket ticket);
  BatchDecision Decide(absl::Time now) const;
  std::vector<Rejected> Carry(const BatchDecision& decision);
  std::vector<Rejected> Step();
  void Hand(Batch batch, compute::Width width);
  void Learn(const Lane& lane, const absl::StatusOr<BatchReport>& report, absl::Time start);
  void RejectAll(std::vector<Rejected>& rejected);
  void QueueChanged();
  void WakeToDecide();
  static void Reject(std::vector<Rejected> rejected);
  void DecideLoop();
  void LaneLoop(Lane& lane);
  void RunBatch(Lane& lane, Batch batch, compute::Width width);
  void FreeLane(Lane& lane, const absl::StatusOr<BatchReport>& report, absl::Time start);
  absl::StatusOr<BatchReport> CallRunner(std::span<BatchPart> parts, compute::Width width);

  const BatcherSettings settings_;
  BatchRunner& runner_;
  const RunnerLanes lanes_;
  const compute::Clock& clock_;
  BatchObserver* const observer_;

  // std::mutex, not absl::Mutex: ThreadSanitizer sees into it though the library is not
  // instrumented. It guards what follows, down to the threads.
  mutable std::mutex mutex_;
  // Something is due earlier than the thread sleeps until, or the end has come.
  std::condition_variable decide_;
  absl::Time due_ = absl::InfiniteFuture();         // to decide again, as far as is known
  absl::Time sleeps_until_ = absl::InfinitePast();  // that thread; past: it is awake
  std::vector<Waiting> queue_;
  bool stopping_ = false;
  Ticket last_ticket_ = 0;
  absl::Duration expected_run_ = absl::ZeroDuration();
  BatchTimes times_;
  SeenLoad load_;
  absl::Time last_raised_ = absl::InfinitePast();

  // Where lanes are narrow, the one behind them runs the wide batches: OpenMP keeps a team of
  // threads for each thread that asks for one.
  std::vector<std::unique_ptr<Lane>> threads_;
  std::thread decide_thread_;
};

}  // namespace convoy::server
