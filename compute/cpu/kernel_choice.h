// Which of several kernels for the same layer is fastest here: measured when a plan is compiled and
// remembered by the device, so that other batch buckets, sessions and reloads of a model choose the
// same.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace convoy::compute {

struct KernelChoice {
  int index = 0;    // what the measuring function calls it
  std::string why;  // one clause with the figures
};

// Thread-safe.
class KernelChoices {
 public:
  // What is remembered for `signature`, else what `measure` gives. One measurement runs at a time:
  // two would disturb each other.
  KernelChoice Get(const std::string& signature, const std::function<KernelChoice()>& measure);

 private:
  absl::Mutex mutex_;
  std::map<std::string, KernelChoice> choices_ ABSL_GUARDED_BY(mutex_);
};

// What the sessions of a cpu device have in common when they choose kernels.
struct CpuTuning {
  bool winograd = true;
  KernelChoices choices;
};

// The least time of a few runs, one before them left out: disturbances only ever slow a run down.
double LeastMilliseconds(const std::function<void()>& run);

}  // namespace convoy::compute
