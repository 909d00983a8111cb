// A BatchRunner whose runs wait at a gate, so that tests decide what queues up behind running
// batches. It doubles every FP32 value of the first input and fails a batch that holds a negative
// one. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/batching/batch_runner.h"

namespace convoy::testing {

class GatedRunner : public server::BatchRunner {
 public:
  explicit GatedRunner(server::RunnerLanes lanes = {}) : lanes_(std::move(lanes)) {}

  server::RunnerLanes lanes() const override { return lanes_; }

  absl::StatusOr<server::BatchReport> Run(std::span<server::BatchPart> parts,
                                          compute::Width width) override {
    {
      std::unique_lock lock(mutex_);
      ++runs_;
      widths_.push_back(width);
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_ || passes_ > 0; });
      if (!open_) --passes_;
    }
    server::BatchReport report{.width = width};
    for (server::BatchPart& part : parts) {
      report.rows += part.rows;
      compute::HostTensor output(part.inputs.at(0).spec);
      const std::span<const float> in = part.inputs[0].data<float>();
      for (size_t i = 0; i < in.size(); ++i) {
        if (in[i] < 0) return absl::InternalError("a value is negative");
        output.mutable_data<float>()[i] = 2 * in[i];
      }
      part.outputs.push_back(std::move(output));
    }
    report.bucket = report.rows;
    return report;
  }

  // From now on nothing waits at the gate.
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  // The next `count` runs, or those that wait already, need not.
  void LetPass(int count) {
    const std::lock_guard lock(mutex_);
    passes_ += count;
    changed_.notify_all();
  }
  int runs() const {
    const std::lock_guard lock(mutex_);
    return runs_;
  }
  // Of the runs so far, in the order in which they began.
  std::vector<compute::Width> widths() const {
    const std::lock_guard lock(mutex_);
    return widths_;
  }
  // Blocks until `count` runs have begun.
  void AwaitRuns(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return runs_ >= count; });
  }

 private:
  const server::RunnerLanes lanes_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool open_ = false;
  int passes_ = 0;
  int runs_ = 0;
  std::vector<compute::Width> widths_;
};

}  // namespace convoy::testing
