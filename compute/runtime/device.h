// The engine's front door: find devices, compile a Plan for one of them, run it.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Device> device, OpenDevice("auto", {}));
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Session> session, device->Compile(plan));
//   std::memcpy(session->input(0).data(), pixels, session->input(0).size());
//   CONVOY_RETURN_IF_ERROR(session->Run());
//   Read(session->output(0));
//
// A Device is thread-safe and outlives its sessions. A Session is used by one thread at a time;
// sessions of one device may run in different threads at once.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/other_kernel.h"
#include "compute/plan/plan.h"
#include "compute/tune/tune_mode.h"

namespace convoy::compute {

// What one step became, for profiles and `convoy inspect`.
struct StepReport {
  std::string
      step;  // the plan step's name, or "pack"/"unpack" for a layout change the device added
  std::string kernel;  // "reference", "brgconv:avx512_core", "conv_rt_4x64_texel_shuffle", ...
  OpCost cost;
  // Of one run; filled by Session::Profile only.
  double median_ms = 0;
  double min_ms = 0;
  double p99_ms = 0;         // by nearest rank: of fewer than 100 repeats, the slowest
  double median_run_ms = 0;  // in that repeat whose steps together took the median time

  // What is known of how the step runs; 0 or empty where it is not.
  std::string device;       // facts().id of the device that runs it, where a session has two
  std::string why;          // one clause: why this kernel and not another
  double moved_bytes = 0;   // all tensors of its kernels, each once, padding and scratch included
  int64_t workgroups = 0;   // Vulkan: of all its dispatches
  int64_t invocations = 0;  // Vulkan: threads of all these workgroups
  // Vulkan: the part of moved_bytes that lies in memory as FP16.
  double half_bytes = 0;
  // The other kernels of its family; empty where there is none, and unless DeviceOptions.explain.
  std::vector<OtherKernel> others;
};

struct SessionReport {
  std::vector<StepReport> steps;
  int64_t arena_bytes = 0;       // memory of intermediate values as placed
  int64_t arena_peak_bytes = 0;  // its lower bound
  int64_t weight_bytes = 0;      // packed weights, those shared with other sessions included
};

class Session {
 public:
  virtual ~Session() = default;

  // Dense row-major memory of plan.inputs[i] and plan.outputs[i]. Inputs keep their bytes from one
  // Run to the next; outputs are valid until the next Run.
  virtual std::span<std::byte> input(int i) = 0;
  virtual std::span<const std::byte> output(int i) const = 0;

  // Blocks until the outputs are there. Allocates nothing. The same inputs give bit-identical
  // outputs at every call, and a row of the batch does not depend on the other rows. UNAVAILABLE
  // when the device is lost.
  virtual absl::Status Run() = 0;

  // Runs `repeats` times with each step timed by itself (slower than Run) and reports the times.
  virtual absl::StatusOr<SessionReport> Profile(int repeats) = 0;
  virtual const SessionReport& report() const = 0;
};

enum class DeviceKind { kReference, kCpu, kVulkan };

// The verdict of one kernel variant's known-answer test.
struct KernelVerdict {
  std::string kernel;
  bool passed = false;
  std::string reason;  // why it is set aside; empty when it passed
};

struct DeviceFacts {
  DeviceKind kind = DeviceKind::kReference;
  std::string id;        // what --device takes: "cpu", "reference", "vulkan:0"
  std::string uuid;      // "GPU-...": by which other programs know a Vulkan device; else empty
  std::string name;      // "llvmpipe (LLVM 15.0.6, 512 bits)"
  bool software = true;  // runs on CPU cores: --device auto never takes a software Vulkan device
  std::vector<std::pair<std::string, std::string>>
      properties;                       // driver, API version, subgroup size, memory, ...
  std::vector<KernelVerdict> verdicts;  // empty where nothing is tested

  // Batches of one model that it does well to run at once, each in a session of its own (a lane).
  int lanes = 1;
  // Each lane has its part of the cores: CompileNarrow compiles for it, Compile for all cores.
  bool narrow_lanes = false;
};

// A device's own memory, as its driver tells it.
struct DeviceMemory {
  int64_t total_bytes = 0;
  int64_t budget_bytes = 0;  // that this process may use in all, as things are
  int64_t used_bytes = 0;    // by this process
};

class Device {
 public:
  virtual ~Device() = default;
  virtual const DeviceFacts& facts() const = 0;

  // As it is now; null where the device has none or the driver does not tell.
  virtual std::optional<DeviceMemory> ReadMemory() const { return std::nullopt; }

  // Packs weights (shared by content with other sessions of this device), chooses kernels, plans
  // memory, records commands. UNIMPLEMENTED names the step that this device has no kernel for,
  // RESOURCE_EXHAUSTED the memory asked and available.
  virtual absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) = 0;

  // For one of facts().lanes sessions that run at once. Where lanes are narrow, the session runs on
  // its part of the cores, by the same algorithms as a session of Compile.
  virtual absl::StatusOr<std::unique_ptr<Session>> CompileNarrow(const Plan& plan) {
    return Compile(plan);
  }
};

// Winograd's algorithm of 3x3 and 5x5 convolutions on the cpu. kAuto: where it proves faster than
// the direct one when a plan is compiled.
enum class CpuWinograd { kAuto, kOff };

// How Vulkan devices keep image tensors and packed weights in memory (docs/decisions/0008). Sums
// are FP32 with either, and so are a plan's inputs and outputs.
enum class Precision { kFp32, kFp16 };

struct DeviceOptions {
  int threads =
      0;  // cores that cpu and software Vulkan may use; 0 = all that the process may run on
  bool validation =
      false;  // Vulkan: load the Khronos validation layer with synchronization validation
  bool allow_cpu_fallback =
      false;  // Vulkan: steps without a kernel there run on the cpu, and the log says so
  std::string vulkan_kernels;  // force variants by name, "conv=rt_4x16_ssbo"; empty = choose. For
                               // tests and experiments
  CpuWinograd cpu_winograd = CpuWinograd::kAuto;
  bool batch_invariant =
      false;  // an answer's bits do not depend on the batch size of the plan that gives it
  TuneMode tune = TuneMode::kAuto;
  int lanes = 0;                           // DeviceFacts::lanes; 0 = as many as suit the device
  Precision precision = Precision::kFp32;  // kFp16: Vulkan only
  bool explain = false;  // StepReport.others is filled; which kernels are chosen does not change
};

// Every device there is. Opens Vulkan devices to test their kernels, which takes seconds where
// nothing is cached. A Vulkan loader that is absent is no error: it gives no Vulkan device.
std::vector<DeviceFacts> ListDevices(const DeviceOptions& options);

// `name` is auto | cpu | reference | vulkan | vulkan:INDEX | vulkan:NAME (part of the device name,
// any case). auto takes the first Vulkan device that is no software, else cpu. NOT_FOUND says what
// was looked for, what there is, and how to serve on the CPU; INVALID_ARGUMENT that the name has no
// such form, or that the device has no such precision.
absl::StatusOr<std::unique_ptr<Device>> OpenDevice(std::string_view name,
                                                   const DeviceOptions& options);

// Validation messages of warning or error severity that this process has seen, for tests; 0 without
// validation.
int ValidationMessageCount();

}  // namespace convoy::compute
