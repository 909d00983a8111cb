// One run of the generator: who sends when, and what becomes of the answers. Inside client/bench
// only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/bench/generator.h"
#include "client/bench/recorder.h"
#include "client/bench/sender.h"
#include "client/bench/workload.h"

namespace convoy::client {

class LoadRun {
 public:
  LoadRun(const Workload& workload, const LoadPlan& plan, std::vector<Sender::Options> senders);
  LoadReport Run();

 private:
  absl::Duration Now() const;  // since the start
  absl::Duration End() const { return plan_.warm_up + plan_.duration; }
  bool Stopped() const;

  void Start(Sender& sender, absl::Duration due, bool held);
  void OnEnd(Sender& sender, Sender::Call& call);
  bool MayStartNext(absl::Duration now);
  CallOutcome OutcomeOf(Sender::Call& call) const;

  void StartCallers();
  void Pace();
  void AwaitSlot();

  void Watch();
  bool Over(absl::Duration now) const;
  GeneratorUse Use(absl::Duration processor_time, absl::Duration elapsed) const;

  const Workload& workload_;
  const LoadPlan& plan_;
  std::vector<grpc::ByteBuffer> requests_;
  Recorder recorder_;
  absl::Duration start_;

  std::atomic<int64_t> next_call_ = 0;
  std::atomic<int64_t> measured_ = 0;  // closed loop: measured calls that have started
  std::atomic<int64_t> in_flight_ = 0;
  std::atomic<int64_t> failures_in_a_row_ = 0;
  std::atomic<bool> issuing_ = true;  // calls may still start
  std::atomic<bool> ended_ = false;   // by plan_.enough, or given up
  std::atomic<bool> gave_up_ = false;
  std::atomic<bool> cancelling_ = false;  // the drain is over: what ends now is unfinished

  std::mutex mutex_;
  std::condition_variable over_;         // the last call has ended
  std::condition_variable slot_;         // a call has ended
  std::atomic<bool> want_slot_ = false;  // the pacer waits for that

  absl::Duration issued_until_;  // no call started after it
  absl::Duration pacer_processor_time_;
  std::vector<std::unique_ptr<Sender>> senders_;
};

}  // namespace convoy::client
