#include "compute/runtime/cpu_session.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "compute/base/status.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/cpu/omp_threads.h"
#include "compute/cpu/weight_cache.h"
#include "compute/runtime/cpu_batch_choice.h"
#include "compute/runtime/cpu_program.h"
#include "compute/runtime/step_times.h"

namespace convoy::compute {
namespace {

// Every lane takes memory for the values of each plan; beyond so many, a lane gets more cores.
constexpr int kMostLanes = 8;

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
  explicit CpuDevice(const DeviceOptions& options) : tuning_{.tuner = MakeCpuTuner(options.tune)} {
    const CpuFacts cpu = ReadCpuFacts();
    threads_ = options.threads > 0 ? options.threads : UsableCores(cpu);
    tuning_.threads = threads_;
    tuning_.winograd = options.cpu_winograd == CpuWinograd::kAuto;
    tuning_.batch_invariant = options.batch_invariant;
    tuning_.explain = options.explain;
    facts_.kind = DeviceKind::kCpu;
    facts_.id = "cpu";
    facts_.name = cpu.model;
    facts_.properties = PropertiesOf(cpu);
    facts_.properties.emplace_back("threads", absl::StrFormat("%d", threads_));
    SetLanes(options.lanes);
  }

  const DeviceFacts& facts() const override { return facts_; }

  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override {
    return CompileFor(plan, threads_);
  }
  absl::StatusOr<std::unique_ptr<Session>> CompileNarrow(const Plan& plan) override {
    return CompileFor(plan, lane_threads_);
  }

 private:
  // A core a lane, or as many as leave no more than kMostLanes; `lanes` > 0 asks for so many.
  void SetLanes(int lanes) {
    lane_threads_ =
        lanes > 0 ? std::max(threads_ / lanes, 1) : (threads_ + kMostLanes - 1) / kMostLanes;
    facts_.lanes = threads_ / lane_threads_;
    if (lanes > 0) facts_.lanes = std::min(facts_.lanes, lanes);
    facts_.narrow_lanes = facts_.lanes > 1;
    facts_.properties.emplace_back("lanes", absl::StrFormat("%d", facts_.lanes));
  }

  absl::StatusOr<std::unique_ptr<Session>> CompileFor(const Plan& plan, int session_threads) {
    CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
    return CompileBatch(plan, session_threads, tuning_, [this](const Plan& part, int threads) {
      return CompileAsIs(part, threads);
    });
  }

  absl::StatusOr<std::unique_ptr<Session>> CompileAsIs(const Plan& plan, int session_threads) {
    const ScopedOmpThreads threads(session_threads);
    CONVOY_ASSIGN_OR_RETURN(CpuProgram program, CompileCpuProgram(plan, weights_, tuning_));
    return std::make_unique<CpuSession>(std::move(program), session_threads);
  }

  DeviceFacts facts_;
  int threads_ = 1;
  int lane_threads_ = 1;
  WeightCache weights_;
  CpuTuning tuning_;
};

}  // namespace

std::unique_ptr<Device> MakeCpuDevice(const DeviceOptions& options) {
  return std::make_unique<CpuDevice>(options);
}

}  // namespace convoy::compute
