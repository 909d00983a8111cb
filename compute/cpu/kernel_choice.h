// What the sessions of a cpu device have in common when they choose kernels, and how kernels are
// timed. Which is fastest depends on the processor and the number of threads: a trial when a plan
// is compiled tells, and the tune file keeps it for the next start (compute/tune/kernel_tuner.h).
#pragma once

#include <functional>

#include "compute/tune/kernel_tuner.h"

namespace convoy::compute {

// Raise it when a kernel of ours is added, removed or made faster: what was timed before says
// nothing then.
inline constexpr int kCpuKernelSet = 1;

struct CpuTuning {
  bool winograd = true;
  bool batch_invariant = false;  // an answer's bits must not depend on the batch size
  // Of the device. A session on a part of them chooses as one on all: their answers agree.
  int threads = 1;
  KernelTuner tuner;
  bool explain = false;  // DeviceOptions.explain
};

// With the tune file of this processor.
KernelTuner MakeCpuTuner(TuneMode mode);

// The least time of a few runs, one before them left out: disturbances only ever slow a run down.
double LeastMilliseconds(const std::function<void()>& run);

}  // namespace convoy::compute
