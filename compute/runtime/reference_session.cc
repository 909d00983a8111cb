#include "compute/runtime/reference_session.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include "compute/base/status.h"
#include "compute/plan/memory_planner.h"
#include "compute/plan/plan_lifetimes.h"
#include "compute/runtime/step_times.h"

namespace convoy::compute {
namespace {

constexpr int64_t kAlignment = 64;  // as HostTensor

double MillisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

struct PreparedStep {
  OpParams op;
  std::vector<TensorView> inputs;
  std::vector<MutableTensorView> outputs;
};

class ReferenceSession : public Session {
 public:
  ReferenceSession(const Plan& plan, const PlanLifetimes& computed, const MemoryLayout& layout)
      : arena_(TensorSpec{DType::kUint8, {layout.arena_bytes}}) {
    std::vector<MutableTensorView> memory(plan.values.size());
    for (size_t i = 0; i < plan.values.size(); ++i) {
      const PlanValue& value = plan.values[i];
      memory[i].spec = value.spec;
      if (value.constant != nullptr) {
        constants_.push_back(value.constant);
        report_.weight_bytes += value.spec.bytes();
      } else if (computed.block[i] != kNotInArena) {
        memory[i].bytes =
            arena_.bytes().subspan(layout.offsets[computed.block[i]], value.spec.bytes());
      }
    }
    inputs_.reserve(plan.inputs.size());
    for (const int input : plan.inputs) {
      inputs_.emplace_back(plan.values[input].spec);
      memory[input] = inputs_.back().mutable_view();
    }
    const auto view_of = [&](int value) -> TensorView {
      if (plan.values[value].constant != nullptr) return plan.values[value].constant->view();
      return {memory[value].spec, memory[value].bytes};
    };
    for (const int output : plan.outputs) outputs_.push_back(view_of(output).bytes);
    for (const PlanStep& step : plan.steps) {
      PreparedStep& prepared = steps_.emplace_back(PreparedStep{step.op, {}, {}});
      for (const int input : step.inputs) prepared.inputs.push_back(view_of(input));
      for (const int output : step.outputs) prepared.outputs.push_back(memory[output]);
      report_.steps.push_back({step.name, "reference", CostOf(prepared), 0});
    }
    report_.arena_bytes = layout.arena_bytes;
    report_.arena_peak_bytes = layout.peak_bytes;
  }

  std::span<std::byte> input(int i) override { return inputs_[static_cast<size_t>(i)].bytes(); }
  std::span<const std::byte> output(int i) const override {
    return outputs_[static_cast<size_t>(i)];
  }

  absl::Status Run() override {
    for (const PreparedStep& step : steps_) RunReference(step.op, step.inputs, step.outputs);
    return absl::OkStatus();
  }

  absl::StatusOr<SessionReport> Profile(int repeats) override {
    if (repeats < 1) {
      return absl::InvalidArgumentError(
          absl::StrFormat("a profile is asked for %d repeats, but takes at least 1", repeats));
    }
    SessionReport timed = report_;
    StepTimes times(steps_.size());
    for (int repeat = 0; repeat < repeats; ++repeat) {
      for (size_t i = 0; i < steps_.size(); ++i) {
        const auto start = std::chrono::steady_clock::now();
        RunReference(steps_[i].op, steps_[i].inputs, steps_[i].outputs);
        times.Add(i, MillisecondsSince(start));
      }
    }
    times.Fill(timed);
    return timed;
  }

  const SessionReport& report() const override { return report_; }

 private:
  static OpCost CostOf(const PreparedStep& step) {
    std::vector<TensorSpec> inputs, outputs;
    for (const TensorView& view : step.inputs) inputs.push_back(view.spec);
    for (const MutableTensorView& view : step.outputs) outputs.push_back(view.spec);
    return EstimateCost(step.op, inputs, outputs);
  }

  std::vector<std::shared_ptr<const HostTensor>> constants_;  // kept alive for the steps' views
  std::vector<HostTensor> inputs_;
  HostTensor arena_;
  std::vector<std::span<const std::byte>> outputs_;
  std::vector<PreparedStep> steps_;
  SessionReport report_;
};

// What a session needs besides the weights, which the plan holds already.
absl::Status CheckMemory(const Plan& plan, const MemoryLayout& layout) {
  int64_t asked = layout.arena_bytes;
  for (const int input : plan.inputs) asked += plan.values[input].spec.bytes();
  const int64_t machine = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  if (asked <= machine) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrFormat("plan '%s' needs %d bytes for its tensors, but the machine has %d", plan.name,
                      asked, machine));
}

class ReferenceDevice : public Device {
 public:
  explicit ReferenceDevice(const DeviceOptions& options) {
    facts_.kind = DeviceKind::kReference;
    facts_.id = "reference";
    facts_.name = "textbook formulas, one thread";
    facts_.lanes = std::max(options.lanes, 1);
  }

  const DeviceFacts& facts() const override { return facts_; }

  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override {
    CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
    const PlanLifetimes computed = FindLifetimes(plan);
    const MemoryLayout layout = PlanMemory(computed.blocks, kAlignment);
    CONVOY_RETURN_IF_ERROR(CheckMemory(plan, layout));
    try {
      return std::make_unique<ReferenceSession>(plan, computed, layout);
    } catch (const std::bad_alloc&) {
      return absl::ResourceExhaustedError(
          absl::StrFormat("plan '%s' needs %d bytes for its intermediate tensors, which the system "
                          "refuses",
                          plan.name, layout.arena_bytes));
    }
  }

 private:
  DeviceFacts facts_;
};

}  // namespace

std::unique_ptr<Device> MakeReferenceDevice(const DeviceOptions& options) {
  return std::make_unique<ReferenceDevice>(options);
}

}  // namespace convoy::compute
