#include "compute/runtime/fallback_device.h"

#include <cstring>
#include <map>
#include <utility>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/runtime/split_plan.h"

namespace convoy::compute {
namespace {

// The sessions of all parts. Values that pass from one to the next are copied by the host.
class PartsSession : public Session {
 public:
  struct Part {
    std::unique_ptr<Session> session;
    std::string device;
    std::vector<int> inputs;  // values of the whole plan
    std::vector<int> outputs;
  };

  // Why the first device does not run a step, by the step's name.
  using Refusals = std::map<std::string, OtherKernel, std::less<>>;

  PartsSession(const Plan& plan, std::vector<Part> parts, Refusals refusals)
      : inputs_(plan.inputs),
        outputs_(plan.outputs),
        parts_(std::move(parts)),
        refusals_(std::move(refusals)) {
    for (const int value : plan.inputs) given_.emplace(value, HostTensor(plan.values[value].spec));
    for (const int value : plan.outputs) {
      if (plan.values[value].constant != nullptr) constants_[value] = plan.values[value].constant;
    }
    for (const Part& part : parts_) AddReport(part);
  }

  std::span<std::byte> input(int i) override {
    return given_.at(inputs_[static_cast<size_t>(i)]).bytes();
  }

  std::span<const std::byte> output(int i) const override {
    return BytesOf(outputs_[static_cast<size_t>(i)]);
  }

  absl::Status Run() override {
    for (const Part& part : parts_) {
      FillInputs(part);
      CONVOY_RETURN_IF_ERROR(part.session->Run());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<SessionReport> Profile(int repeats) override {
    SessionReport all = report_;
    all.steps.clear();
    for (const Part& part : parts_) {
      FillInputs(part);
      CONVOY_ASSIGN_OR_RETURN(const SessionReport report, part.session->Profile(repeats));
      AddSteps(report, part, all);
    }
    return all;
  }

  const SessionReport& report() const override { return report_; }

 private:
  // Where a value of the whole plan lies on the host.
  std::span<const std::byte> BytesOf(int value) const {
    if (const auto found = given_.find(value); found != given_.end()) return found->second.bytes();
    if (const auto found = constants_.find(value); found != constants_.end()) {
      return found->second->bytes();
    }
    for (const Part& part : parts_) {
      for (size_t i = 0; i < part.outputs.size(); ++i) {
        if (part.outputs[i] == value) return part.session->output(static_cast<int>(i));
      }
    }
    return {};
  }

  void FillInputs(const Part& part) {
    for (size_t i = 0; i < part.inputs.size(); ++i) {
      const std::span<const std::byte> from = BytesOf(part.inputs[i]);
      std::memcpy(part.session->input(static_cast<int>(i)).data(), from.data(), from.size());
    }
  }

  void AddSteps(const SessionReport& report, const Part& part, SessionReport& all) const {
    for (StepReport step : report.steps) {
      step.device = part.device;
      if (const auto found = refusals_.find(step.step); found != refusals_.end()) {
        step.others.insert(step.others.begin(), found->second);
      }
      all.steps.push_back(std::move(step));
    }
  }

  void AddReport(const Part& part) {
    const SessionReport& report = part.session->report();
    AddSteps(report, part, report_);
    report_.arena_bytes += report.arena_bytes;
    report_.arena_peak_bytes += report.arena_peak_bytes;
    report_.weight_bytes += report.weight_bytes;
  }

  std::vector<int> inputs_;
  std::vector<int> outputs_;
  std::vector<Part> parts_;
  Refusals refusals_;
  std::map<int, HostTensor> given_;  // by value
  std::map<int, std::shared_ptr<const HostTensor>> constants_;
  SessionReport report_;
};

class FallbackDevice : public Device {
 public:
  FallbackDevice(std::unique_ptr<Device> first, std::unique_ptr<Device> second, bool explain)
      : first_(std::move(first)),
        second_(std::move(second)),
        explain_(explain),
        facts_(first_->facts()) {
    facts_.properties.emplace_back("fallback", second_->facts().id);
  }

  const DeviceFacts& facts() const override { return facts_; }
  std::optional<DeviceMemory> ReadMemory() const override { return first_->ReadMemory(); }

  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override {
    absl::StatusOr<std::unique_ptr<Session>> session = first_->Compile(plan);
    if (!absl::IsUnimplemented(session.status())) return session;
    PartsSession::Refusals refusals;
    const std::vector<bool> moved = StepsToMove(plan, refusals);
    std::vector<PartsSession::Part> parts;
    for (PlanPart& part : SplitPlan(plan, moved)) {
      Device& device = part.second ? *second_ : *first_;
      CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Session> compiled, device.Compile(part.plan));
      parts.push_back({std::move(compiled), device.facts().id, std::move(part.inputs),
                       std::move(part.outputs)});
    }
    if (!explain_) refusals.clear();
    return std::make_unique<PartsSession>(plan, std::move(parts), std::move(refusals));
  }

 private:
  // Tries each step by itself: a plan stops at the first step without a kernel.
  std::vector<bool> StepsToMove(const Plan& plan, PartsSession::Refusals& refusals) {
    std::vector<bool> moved;
    for (size_t i = 0; i < plan.steps.size(); ++i) {
      const absl::Status status = first_->Compile(OnlyStep(plan, i)).status();
      moved.push_back(absl::IsUnimplemented(status));
      if (!moved.back()) continue;
      refusals[plan.steps[i].name] = {facts_.id, std::string(status.message())};
      LogWarning("step '%s' (%s) of plan '%s' runs on %s, not on %s: %s", plan.steps[i].name,
                 OpName(plan.steps[i].op), plan.name, second_->facts().id, facts_.id,
                 status.message());
    }
    return moved;
  }

  static Plan OnlyStep(const Plan& plan, size_t step) {
    Plan alone;
    alone.name = plan.name;
    alone.values = plan.values;
    alone.steps = {plan.steps[step]};
    alone.outputs = plan.steps[step].outputs;
    return SplitPlan(alone, {false}).front().plan;
  }

  std::unique_ptr<Device> first_;
  std::unique_ptr<Device> second_;
  const bool explain_;
  DeviceFacts facts_;
};

}  // namespace

std::unique_ptr<Device> MakeFallbackDevice(std::unique_ptr<Device> first,
                                           std::unique_ptr<Device> second, bool explain) {
  return std::make_unique<FallbackDevice>(std::move(first), std::move(second), explain);
}

}  // namespace convoy::compute
