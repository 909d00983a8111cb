#include "compute/runtime/cpu_session.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "compute/base/status.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/cpu/omp_threads.h"
#include "compute/cpu/weight_cache.h"
#include "compute/runtime/cpu_program.h"
#include "compute/runtime/step_times.h"

namespace convoy::compute {
namespace {

class CpuSession : public Session {
 public:
  CpuSession(CpuProgram program, int threads) : program_(std::move(program)), threads_(threads) {}

  std::span<std::byte> input(int i) override { return program_.inputs[i]; }
  std::span<const std::byte> output(int i) const override { return program_.outputs[i]; }

  absl::Status Run() override {
    const ScopedOmpThreads threads(threads_);
    for (const CpuStep& step : program_.steps) {
      CONVOY_RETURN_IF_ERROR(step.Run(program_.stream));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<SessionReport> Profile(int repeats) override;
  const SessionReport& report() const override { return program_.report; }

 private:
  CpuProgram program_;
  int threads_;
};

absl::StatusOr<SessionReport> CpuSession::Profile(int repeats) {
  if (repeats < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a profile is asked for %d repeats, but takes at least 1", repeats));
  }
  using Milliseconds = std::chrono::duration<double, std::milli>;
  const ScopedOmpThreads threads(threads_);
  StepTimes times(program_.steps.size());
  for (int repeat = 0; repeat < repeats; ++repeat) {
    for (size_t i = 0; i < program_.steps.size(); ++i) {
      const auto start = std::chrono::steady_clock::now();
      CONVOY_RETURN_IF_ERROR(program_.steps[i].Run(program_.stream));
      times.Add(i, Milliseconds(std::chrono::steady_clock::now() - start).count());
    }
  }
  SessionReport timed = program_.report;
  times.Fill(timed);
  return timed;
}

class CpuDevice : public Device {
 public:
  explicit CpuDevice(const DeviceOptions& options)
      : tuning_{.tuner = MakeCpuTuner(options.tune)} {
    const CpuFacts cpu = ReadCpuFacts();
    threads_ = options.threads > 0 ? options.threads : UsableCores(cpu);
    tuning_.winograd = options.cpu_winograd == CpuWinograd::kAuto;
    facts_.kind = DeviceKind::kCpu;
    facts_.id = "cpu";
    facts_.name = cpu.model;
    facts_.properties = PropertiesOf(cpu);
    tuning_.batch_invariant = options.batch_invariant;
    facts_.properties.emplace_back("threads", absl::StrFormat("%d", threads_));
  }

  const DeviceFacts& facts() const override { return facts_; }

  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override {
    CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
    const ScopedOmpThreads threads(threads_);
    CONVOY_ASSIGN_OR_RETURN(CpuProgram program, CompileCpuProgram(plan, weights_, tuning_));
    return std::make_unique<CpuSession>(std::move(program), threads_);
  }

 private:
  DeviceFacts facts_;
  int threads_ = 1;
  WeightCache weights_;
  CpuTuning tuning_;
};

}  // namespace

std::unique_ptr<Device> MakeCpuDevice(const DeviceOptions& options) {
  return std::make_unique<CpuDevice>(options);
}

}  // namespace convoy::compute
