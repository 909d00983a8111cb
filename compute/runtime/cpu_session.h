// The CPU device: oneDNN's kernels with fused post-ops, tensors in the layouts that the kernels
// like best, and the reference kernel where oneDNN has none (the step report says so).
//
//   std::unique_ptr<Device> device = MakeCpuDevice({.threads = 2});
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Session> session, device->Compile(plan));
//
// One answer differs from the formula: oneDNN's relu, clip and max pool drop a NaN where the others
// let it through.
//
// Thread and lifetime rules as in device.h. Each thread that runs a session of Compile has its own
// OpenMP team of DeviceOptions::threads; see compute/cpu/omp_threads.h on how the team waits. A
// session of CompileNarrow runs on one core, so that it needs no team: on more where there are more
// cores than lanes.
#pragma once

#include <memory>

#include "compute/runtime/device.h"

namespace convoy::compute {

// Of the options it heeds `threads`, `lanes`, `tune`, `batch_invariant` and `cpu_winograd`.
std::unique_ptr<Device> MakeCpuDevice(const DeviceOptions& options);

}  // namespace convoy::compute
