// A BatchRunner whose runs wait at a gate, so that tests decide what queues up behind a running
// batch. It doubles every FP32 value of the first input and fails a batch that holds a negative
// one. Thread-safe.
#pragma once

#include <span>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/batching/batch_runner.h"

namespace convoy::testing {

class GatedRunner : public server::BatchRunner {
 public:
  absl::StatusOr<server::BatchReport> Run(std::span<server::BatchPart> parts) override {
    {
      absl::MutexLock lock(&mutex_);
      ++runs_;
      mutex_.Await(absl::Condition(&open_));
    }
    server::BatchReport report;
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
    absl::MutexLock lock(&mutex_);
    open_ = true;
  }
  void Close() {
    absl::MutexLock lock(&mutex_);
    open_ = false;
  }

  int runs() const {
    absl::MutexLock lock(&mutex_);
    return runs_;
  }
  // Blocks until `count` runs have begun.
  void AwaitRuns(int count) const {
    absl::MutexLock lock(&mutex_);
    const auto reached = [this, count] {
      mutex_.AssertHeld();
      return runs_ >= count;
    };
    mutex_.Await(absl::Condition(&reached));
  }

 private:
  mutable absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  int runs_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace convoy::testing
