#include "compute/runtime/vulkan_recorder.h"

#include <algorithm>
#include <set>
#include <variant>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/tensor/words.h"

namespace convoy::compute {
namespace {

// Filters and matrices are halves where the device keeps any; biases, scales and tables cost
// nothing and stay what they are.
constexpr int kLeastRankOfHalves = 2;

VulkanLayouts LayoutsOf(const OpParams& op, const VulkanStepShape& shape) {
  return std::visit(
      [&](const auto& params) -> VulkanLayouts {
        if constexpr (std::is_same_v<std::decay_t<decltype(params)>, std::monostate>) {
          return {};
        } else {
          return ChooseLayouts(params, shape);
        }
      },
      op);
}

absl::Status RecordOp(const OpParams& op, VulkanStepBuilder& builder) {
  return std::visit(
      [&](const auto& params) -> absl::Status {
        if constexpr (std::is_same_v<std::decay_t<decltype(params)>, std::monostate>) {
          return absl::InternalError("The step has no operator");
        } else {
          return RecordVulkan(params, builder);
        }
      },
      op);
}

}  // namespace

absl::StatusOr<RecordedPlan> PlanRecorder::Record(const Plan& plan) {
  plan_ = &plan;
  values_.assign(plan.values.size(), {});
  places_ = FindQuadPlaces(plan);
  wholes_.assign(plan.values.size(), -1);
  for (const int value : plan.inputs) {
    const PlanValue& input = plan.values[value];
    CONVOY_ASSIGN_OR_RETURN(const int tensor,
                            AddTensor(input.spec, VulkanLayout::kLinear, input.name));
    recorded_.storages[tensors_[tensor].storage].kind = StorageKind::kInput;
    recorded_.inputs.push_back(tensors_[tensor].storage);
    recorded_.input_specs.push_back(input.spec);
    values_[value].linear = tensor;
  }
  for (const PlanStep& step : plan.steps) {
    if (absl::Status status = RecordStep(plan, step); !status.ok()) {
      return WithContext(status, absl::StrFormat("while preparing step '%s' (%s) of plan '%s'",
                                                 step.name, OpName(step.op), plan.name));
    }
  }
  CONVOY_RETURN_IF_ERROR(RecordOutputs(plan));
  return std::move(recorded_);
}

absl::StatusOr<VulkanLayouts> PlanRecorder::AskLayouts(const PlanStep& step) const {
  std::vector<TensorSpec> inputs, outputs;
  std::vector<int> layouts;
  const auto constant = std::make_unique<bool[]>(step.inputs.size());
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    const int value = step.inputs[i];
    const ValueTensors& tensors = values_[value];
    inputs.push_back(plan_->values[value].spec);
    constant[i] = plan_->values[value].constant != nullptr;
    layouts.push_back(tensors.c4 >= 0       ? static_cast<int>(VulkanLayout::kC4)
                      : tensors.linear >= 0 ? static_cast<int>(VulkanLayout::kLinear)
                                            : VulkanLayouts::kHost);
  }
  for (const int value : step.outputs) outputs.push_back(plan_->values[value].spec);
  VulkanLayouts chosen = LayoutsOf(
      step.op,
      {inputs, outputs, std::span<const bool>(constant.get(), inputs.size()), layouts, this});
  if (chosen.inputs.size() != inputs.size() || chosen.outputs.size() != outputs.size()) {
    return absl::InternalError(absl::StrFormat(
        "%s chooses layouts for %d inputs and %d outputs, but the step has %d and %d",
        OpName(step.op), chosen.inputs.size(), chosen.outputs.size(), inputs.size(),
        outputs.size()));
  }
  return chosen;
}

absl::Status PlanRecorder::PrepareInputs(const PlanStep& step, const VulkanLayouts& layouts) {
  step_inputs_.clear();
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    const int value = step.inputs[i];
    const PlanValue& facts = plan_->values[value];
    StepInput input;
    if (layouts.inputs[i] == VulkanLayouts::kHost) {
      if (facts.constant == nullptr) {
        return absl::UnimplementedError(
            absl::StrFormat("Input %d ('%s') must be a constant on Vulkan", i, facts.name));
      }
      input.constant = facts.constant.get();
      input.host.spec = facts.spec;
    } else {
      const auto layout = static_cast<VulkanLayout>(layouts.inputs[i]);
      CONVOY_ASSIGN_OR_RETURN(input.tensor, EnsureTensor(value, layout));
    }
    step_inputs_.push_back(input);
  }
  return absl::OkStatus();
}

absl::Status PlanRecorder::RecordStep(const Plan& plan, const PlanStep& step) {
  CONVOY_ASSIGN_OR_RETURN(const VulkanLayouts layouts, AskLayouts(step));
  CONVOY_RETURN_IF_ERROR(PrepareInputs(step, layouts));
  step_outputs_.clear();
  std::vector<TensorSpec> inputs, outputs;
  for (const int value : step.inputs) inputs.push_back(plan.values[value].spec);
  for (size_t i = 0; i < step.outputs.size(); ++i) {
    const PlanValue& output = plan.values[step.outputs[i]];
    const auto layout = static_cast<VulkanLayout>(layouts.outputs[i]);
    CONVOY_ASSIGN_OR_RETURN(const int tensor, AddValue(step.outputs[i], layout));
    step_outputs_.push_back(tensor);
    values_[step.outputs[i]].of(layout) = tensor;
    outputs.push_back(output.spec);
  }
  BeginReport(step.name, EstimateCost(step.op, inputs, outputs));
  const auto index = static_cast<size_t>(&step - plan.steps.data());
  choice_ = choices_.empty() || choices_[index].kernel.empty() ? nullptr : &choices_[index];
  CONVOY_RETURN_IF_ERROR(RecordOp(step.op, *this));
  if (choice_ != nullptr) recorded_.steps.back().why = choice_->why;
  choice_ = nullptr;
  EndReport();
  return absl::OkStatus();
}

absl::Status PlanRecorder::RecordOutputs(const Plan& plan) {
  for (const int value : plan.outputs) {
    RecordedOutput output{.constant = plan.values[value].constant, .spec = plan.values[value].spec};
    if (output.constant == nullptr) {
      CONVOY_ASSIGN_OR_RETURN(const int tensor, EnsureTensor(value, VulkanLayout::kLinear));
      output.storage = tensors_[tensor].storage;
      RecordedStorage& storage = recorded_.storages[output.storage];
      if (storage.kind == StorageKind::kArena) storage.kind = StorageKind::kOutput;
      if (storage.kind == StorageKind::kWeights) {
        const int copy = AddStorage(
            {.kind = StorageKind::kOutput, .bytes = storage.bytes, .name = storage.name});
        recorded_.copies.push_back({output.storage, copy, RoundUp(WordBytes(output.spec), 16)});
        output.storage = copy;
      }
    }
    recorded_.outputs.push_back(std::move(output));
  }
  return absl::OkStatus();
}

const VulkanTensor& PlanRecorder::input(int i) const {
  const StepInput& input = step_inputs_[static_cast<size_t>(i)];
  return input.tensor < 0 ? input.host : tensors_[input.tensor].tensor;
}

const VulkanTensor& PlanRecorder::output(int i) const {
  return tensors_[step_outputs_[static_cast<size_t>(i)]].tensor;
}

VulkanOperand PlanRecorder::input_operand(int i) const {
  return {step_inputs_[static_cast<size_t>(i)].tensor};
}

VulkanOperand PlanRecorder::output_operand(int i) const {
  return {step_outputs_[static_cast<size_t>(i)]};
}

const HostTensor* PlanRecorder::constant(int i) const {
  return step_inputs_[static_cast<size_t>(i)].constant;
}

absl::StatusOr<VulkanOperand> PlanRecorder::Weights(
    const HostTensor& values, std::string_view packing,
    const std::function<std::vector<float>(std::span<const float>)>& pack) {
  const bool halves = device_.traits.half_storage && IsFloat(values.spec().dtype) &&
                      values.spec().shape.rank() >= kLeastRankOfHalves;
  return PackWeights(values, packing, halves, pack);
}

absl::StatusOr<VulkanOperand> PlanRecorder::PackWeights(
    const HostTensor& values, std::string_view packing, bool halves,
    const std::function<std::vector<float>(std::span<const float>)>& pack) {
  CONVOY_ASSIGN_OR_RETURN(VulkanWeights::Handle handle,
                          weights_.Get(values, packing, halves, pack));
  const TensorSpec spec{DType::kFloat32, {handle->bytes / (halves ? 2 : 4)}};
  CONVOY_ASSIGN_OR_RETURN(
      const int tensor, AddWeights({.spec = spec, .halves = halves}, std::move(handle), "weights"));
  return VulkanOperand{tensor};
}

// The step's operator asks for its own family alone.
std::string_view PlanRecorder::ForcedKernel(std::string_view family) const {
  const std::string_view forced = kernels_.Forced(family);
  if (!forced.empty() || choice_ == nullptr) return forced;
  return choice_->kernel;
}

absl::StatusOr<VulkanOperand> PlanRecorder::Scratch(int64_t vec4s) {
  const TensorSpec spec{DType::kFloat32, {vec4s * 4}};
  CONVOY_ASSIGN_OR_RETURN(const int tensor, AddTensor(spec, VulkanLayout::kLinear, "scratch"));
  return VulkanOperand{tensor};
}

absl::Status PlanRecorder::CheckBinding(int tensor) const {
  const RecordedTensor& facts = tensors_[tensor];
  const RecordedStorage& storage = recorded_.storages[facts.storage];
  if (storage.bytes <= device_.max_storage_range) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrFormat(
      "Tensor '%s' of %s takes %d bytes on the Vulkan device, but a storage buffer holds %d; a "
      "smaller batch may fit",
      storage.name, facts.tensor.spec.ToString(), storage.bytes, device_.max_storage_range));
}

uint32_t PlanRecorder::HalvesOf(const VulkanDispatch& dispatch) const {
  uint32_t halves = 0;
  for (size_t i = 0; i < dispatch.inputs.size(); ++i) {
    const int tensor = dispatch.inputs[i].id;
    if (tensor >= 0 && tensors_[tensor].tensor.halves) halves |= 1u << i;
  }
  if (tensors_[dispatch.output.id].tensor.halves) halves |= 1u << dispatch.inputs.size();
  return halves;
}

absl::Status PlanRecorder::Dispatch(const VulkanDispatch& dispatch) {
  RecordedDispatch recorded;
  std::vector<uint32_t> constants{
      dispatch.local_size != 0 ? dispatch.local_size : device_.traits.default_local_size,
      HalvesOf(dispatch)};
  constants.insert(constants.end(), dispatch.constants.begin(), dispatch.constants.end());
  CONVOY_ASSIGN_OR_RETURN(recorded.kernel, kernels_.Get(dispatch.shader, constants));
  for (size_t i = 0; i < dispatch.inputs.size(); ++i) {
    const int tensor = dispatch.inputs[i].id;
    if (tensor < 0) continue;
    if (!recorded.kernel.texels) CONVOY_RETURN_IF_ERROR(CheckBinding(tensor));
    recorded.inputs[i] = tensors_[tensor].storage;
  }
  CONVOY_RETURN_IF_ERROR(CheckBinding(dispatch.output.id));
  recorded.output = tensors_[dispatch.output.id].storage;
  for (const uint32_t groups : dispatch.groups) {
    if (groups > device_.traits.max_groups) {
      return absl::UnimplementedError(
          absl::StrFormat("The kernel '%s' needs %d workgroups in a dimension, but the device "
                          "allows %d",
                          dispatch.shader, groups, device_.traits.max_groups));
    }
  }
  std::copy_n(dispatch.push.begin(), dispatch.push_bytes, recorded.push.begin() + 16);
  recorded.push_bytes = 16 + dispatch.push_bytes;
  recorded.groups = dispatch.groups;
  recorded.local_size = constants.front();
  recorded.why = dispatch.why;
  recorded.step = static_cast<int>(recorded_.steps.size()) - 1;
  recorded_.dispatches.push_back(recorded);
  return absl::OkStatus();
}

absl::Status PlanRecorder::Alias(int input) {
  const int from = step_inputs_[static_cast<size_t>(input)].tensor;
  RecordedTensor& to = tensors_[step_outputs_[0]];
  if (from < 0 || tensors_[from].tensor.layout != to.tensor.layout ||
      tensors_[from].tensor.bytes() != to.tensor.bytes()) {
    return absl::InternalError(absl::StrFormat("Output %s cannot be the same memory as input %d",
                                               to.tensor.spec.ToString(), input));
  }
  to.storage = tensors_[from].storage;
  return absl::OkStatus();
}

absl::Status PlanRecorder::AliasQuads(int input, int64_t first_quad) {
  const int from = step_inputs_[static_cast<size_t>(input)].tensor;
  RecordedTensor& to = tensors_[step_outputs_[0]];
  const bool fits = from >= 0 && tensors_[from].tensor.layout == VulkanLayout::kC4 &&
                    to.tensor.layout == VulkanLayout::kC4 &&
                    tensors_[from].tensor.plane == to.tensor.plane &&
                    first_quad + to.tensor.quads() <= tensors_[from].tensor.quads();
  if (!fits) {
    return absl::InternalError(
        absl::StrFormat("Output %s cannot be the channel quads of input %d from quad %d on",
                        to.tensor.spec.ToString(), input, first_quad));
  }
  const int64_t bytes = recorded_.storages[to.storage].bytes;
  to.storage = AddPart(tensors_[from].storage, first_quad * QuadBytes(to), bytes, "quads");
  return absl::OkStatus();
}

bool PlanRecorder::LiesInOutput(int input, int64_t first_quad) const {
  const int from = step_inputs_[static_cast<size_t>(input)].tensor;
  const RecordedTensor& to = tensors_[step_outputs_[0]];
  if (from < 0) return false;
  const RecordedStorage& part = recorded_.storages[tensors_[from].storage];
  const RecordedStorage& whole = recorded_.storages[to.storage];
  const int root = whole.part_of < 0 ? to.storage : whole.part_of;
  return part.part_of == root && part.part_offset == whole.part_offset + first_quad * QuadBytes(to);
}

// Those that lost by their times say so, whatever the choice table holds of them.
void PlanRecorder::Refuse(std::vector<OtherKernel> others) {
  for (OtherKernel& other : others) {
    if (choice_ == nullptr) break;
    const auto timed = std::ranges::find(choice_->timed, other.kernel, &TimedKernel::kernel);
    if (timed == choice_->timed.end()) continue;
    other.why = "slower in the trial";
    other.trial_ms = timed->milliseconds;
  }
  recorded_.steps.back().others = std::move(others);
}

void PlanRecorder::BeginReport(std::string name, const OpCost& cost) {
  recorded_.steps.push_back({.step = std::move(name), .kernel = "", .cost = cost});
  first_dispatch_ = recorded_.dispatches.size();
}

void PlanRecorder::AddEstimates(const RecordedDispatch& dispatch, StepReport& report) const {
  const auto& [x, y, z] = dispatch.groups;
  report.workgroups += int64_t{x} * y * z;
  report.invocations += int64_t{x} * y * z * dispatch.local_size;
  std::set<int> storages(dispatch.inputs.begin(), dispatch.inputs.end());
  storages.insert(dispatch.output);
  for (const int storage : storages) {
    if (storage < 0) continue;
    const RecordedStorage& facts = recorded_.storages[storage];
    report.moved_bytes += static_cast<double>(facts.bytes);
    if (facts.halves) report.half_bytes += static_cast<double>(facts.bytes);
  }
  if (report.why.empty()) report.why = dispatch.why;
}

void PlanRecorder::EndReport() {
  StepReport& report = recorded_.steps.back();
  const size_t count = recorded_.dispatches.size() - first_dispatch_;
  if (count == 0) report.kernel = "none: the same memory";
  for (size_t i = first_dispatch_; i < recorded_.dispatches.size(); ++i) {
    RecordedDispatch& dispatch = recorded_.dispatches[i];
    dispatch.flops = report.cost.flops / static_cast<double>(count);
    AddEstimates(dispatch, report);
    const std::string name(dispatch.kernel.name);
    if (report.kernel.find(name) != std::string::npos) continue;
    report.kernel += report.kernel.empty() ? name : "+" + name;
  }
}

}  // namespace convoy::compute
