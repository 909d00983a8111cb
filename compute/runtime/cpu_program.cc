#include "compute/runtime/cpu_program.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/ops/onednn_ops.h"
#include "compute/runtime/concat_places.h"
#include "compute/runtime/cpu_blocks.h"

namespace convoy::compute {
namespace {

// Channels of a block in which values are made at their place in a concatenation (nChw8c).
constexpr int64_t kChannelBlock = 8;
constexpr int kForever = std::numeric_limits<int>::max();

// A tensor as a step uses it, before blocks have addresses.
struct DraftOperand {
  int arg = 0;
  int block = -1;
  Layout seen;
};
struct DraftTensor {
  TensorSpec spec;
  int block = -1;
};
struct DraftPrimitive {
  dnnl::primitive primitive;
  OwnKernel own;  // instead of the primitive where it is set
  std::vector<DraftOperand> operands;
};
struct DraftReference {
  OpParams op;
  std::vector<DraftTensor> inputs;
  std::vector<DraftTensor> outputs;
};
using DraftStep = std::variant<std::monostate, DraftPrimitive, DraftReference>;

absl::Status BuildAny(const OpParams& op, OnednnStepBuilder& builder) {
  return std::visit(
      [&](const auto& params) -> absl::Status {
        if constexpr (std::is_same_v<std::decay_t<decltype(params)>, std::monostate>) {
          return absl::InternalError("a step without an operator");
        } else {
          return BuildOnednn(params, builder);
        }
      },
      op);
}

// Of primitives the layouts' bytes, padding included; the formula moves what it must.
double MovedBytes(const DraftStep& draft, const OpCost& cost) {
  if (std::holds_alternative<std::monostate>(draft)) return 0;
  const auto* primitive = std::get_if<DraftPrimitive>(&draft);
  if (primitive == nullptr) return cost.bytes;
  double bytes = 0;
  for (const DraftOperand& operand : primitive->operands) {
    bytes += static_cast<double>(operand.seen.get_size());
  }
  return bytes;
}

// The last step that reads each value; kForever for outputs, -1 for what nobody reads.
std::vector<int> FindLastUses(const Plan& plan) {
  std::vector<int> last(plan.values.size(), -1);
  for (size_t step = 0; step < plan.steps.size(); ++step) {
    for (const int input : plan.steps[step].inputs) last[input] = static_cast<int>(step);
  }
  for (const int output : plan.outputs) last[output] = kForever;
  return last;
}

class CpuCompiler {
 public:
  CpuCompiler(const Plan& plan, WeightCache& weights, CpuTuning& tuning)
      : plan_(plan),
        cache_(weights),
        tuning_(tuning),
        engine_(dnnl::engine::kind::cpu, 0),
        copies_(plan.values.size()),
        last_use_(FindLastUses(plan)),
        places_(plan.values.size()),
        wholes_(plan.values.size(), -1) {
    // oneDNN's AVX-512 kernels like other layouts.
    if (!OnednnRunsAvx512()) places_ = FindConcatPlaces(plan, kChannelBlock);
  }

  absl::StatusOr<CpuProgram> Compile();

 private:
  // Where a value lies. The first copy is the one its step made; others are reorders of it.
  struct Copy {
    int block;
    Layout layout;
  };

  // How a value lies in its first copy.
  Layout LayoutNow(int value) const {
    return copies_[value].empty() ? PlainLayout(spec(value)) : copies_[value].front().layout;
  }
  int next_step() const { return static_cast<int>(drafts_.size()); }
  const TensorSpec& spec(int value) const { return plan_.values[value].spec; }

  absl::Status AddInputs();
  absl::Status AddStep(const PlanStep& step);
  absl::StatusOr<bool> AddOnednn(const PlanStep& step);
  absl::Status AddReference(const PlanStep& step);
  absl::Status AddAlias(const PlanStep& step, const Layout& wanted, Layout seen);
  absl::Status AddPrimitive(const PlanStep& step, const OnednnStepBuilder& builder);
  // Finds the parts of a concatenation at their places and copies the others there. False where no
  // part is at its place.
  absl::StatusOr<bool> AddConcat(const PlanStep& step);
  int NewOutput(int value, const Layout& made);
  int PartBlock(const ConcatPlace& place);

  // The block in which `value` lies as `wanted`, made by a reorder where there is none.
  absl::StatusOr<int> Locate(int value, const Layout& wanted);
  absl::StatusOr<int> LocateRead(const PlanStep& step, const OnednnRead& read);
  absl::StatusOr<int> LocateOverwritten(int value, const Layout& made,
                                        std::span<const DraftOperand> reads);
  absl::StatusOr<int> AddWeights(const std::shared_ptr<const HostTensor>& values,
                                 const Layout& view, const Layout& wanted);
  int AddPacked(std::shared_ptr<const PackedWeights> weights);
  // True when nobody needs what the block holds after plan step `current_`.
  bool IsExpendable(int block) const;
  int AddReorder(int block, const Layout& from, const Layout& to);
  void AddReorder(int block, const Layout& from, int made, const Layout& to);
  void AddDraft(DraftStep draft, StepReport report) {
    report.moved_bytes = MovedBytes(draft, report.cost);
    drafts_.push_back(std::move(draft));
    program_.report.steps.push_back(std::move(report));
  }
  void SetOutput(int value, int block, const Layout& made);
  OpCost CostOf(const PlanStep& step) const;

  absl::Status Finish();
  CpuStep Bind(DraftStep& draft) const;

  const Plan& plan_;
  WeightCache& cache_;
  CpuTuning& tuning_;
  dnnl::engine engine_;
  CpuBlocks blocks_;
  std::vector<std::vector<Copy>> copies_;           // by value
  std::vector<int> last_use_;                       // by value
  std::vector<std::optional<ConcatPlace>> places_;  // by value
  std::vector<int> wholes_;  // by value: the block of a concatenation whose parts are being made
  int current_ = 0;          // the plan step being compiled
  std::vector<DraftStep> drafts_;
  CpuProgram program_;
};

absl::StatusOr<CpuProgram> CpuCompiler::Compile() {
  program_.stream = dnnl::stream(engine_);
  CONVOY_RETURN_IF_ERROR(AddInputs());
  for (const PlanStep& step : plan_.steps) {
    const absl::Status status = AddStep(step);
    if (!status.ok()) {
      return WithContext(status, absl::StrFormat("while compiling step '%s'", step.name));
    }
    ++current_;
  }
  CONVOY_RETURN_IF_ERROR(Finish());
  return std::move(program_);
}

absl::Status CpuCompiler::AddInputs() {
  for (const int value : plan_.inputs) {
    CONVOY_ASSIGN_OR_RETURN(AlignedMemory memory, AlignedMemory::Create(spec(value).bytes()));
    program_.inputs.emplace_back(memory.data(), static_cast<size_t>(memory.size()));
    copies_[value] = {{blocks_.AddFixed(memory.data()), PlainLayout(spec(value))}};
    program_.input_memory.push_back(std::move(memory));
  }
  return absl::OkStatus();
}

absl::Status CpuCompiler::AddStep(const PlanStep& step) {
  if (std::holds_alternative<ReshapeParams>(step.op)) {
    return AddAlias(step, PlainLayout(spec(step.inputs[0])), PlainLayout(spec(step.outputs[0])));
  }
  if (std::holds_alternative<ConcatParams>(step.op)) {
    CONVOY_ASSIGN_OR_RETURN(const bool in_place, AddConcat(step));
    if (in_place) return absl::OkStatus();
  }
  CONVOY_ASSIGN_OR_RETURN(const bool added, AddOnednn(step));
  return added ? absl::OkStatus() : AddReference(step);
}

// False when oneDNN does not cover the step.
absl::StatusOr<bool> CpuCompiler::AddOnednn(const PlanStep& step) {
  if (step.outputs.size() != 1 || !OnednnTakes(spec(step.outputs[0]))) return false;
  std::vector<OnednnStepInput> inputs;
  for (const int value : step.inputs) {
    if (!OnednnTakes(spec(value))) return false;
    inputs.push_back({spec(value), LayoutNow(value), plan_.values[value].constant});
  }
  OnednnStepBuilder builder(engine_, std::move(inputs), spec(step.outputs[0]), tuning_);
  const absl::Status status = CatchOnednn([&] { return BuildAny(step.op, builder); });
  if (absl::IsUnimplemented(status)) {
    LogDebug("step '%s' runs the reference kernel: %s", step.name, status.message());
    return false;
  }
  CONVOY_RETURN_IF_ERROR(status);
  if (builder.aliased().has_value()) {
    const Layout layout = builder.layout(*builder.aliased());
    CONVOY_RETURN_IF_ERROR(AddAlias(step, layout, builder.made()));
  } else {
    CONVOY_RETURN_IF_ERROR(AddPrimitive(step, builder));
  }
  return true;
}

absl::Status CpuCompiler::AddPrimitive(const PlanStep& step, const OnednnStepBuilder& builder) {
  DraftPrimitive draft{builder.primitive(), builder.own(), {}};
  for (const OnednnRead& read : builder.reads()) {
    CONVOY_ASSIGN_OR_RETURN(const int block, LocateRead(step, read));
    draft.operands.push_back({read.arg, block, read.seen});
  }
  const Layout& made = builder.made();
  int output = -1;
  if (builder.overwritten().has_value()) {
    CONVOY_ASSIGN_OR_RETURN(
        output, LocateOverwritten(step.inputs[*builder.overwritten()], made, draft.operands));
  } else {
    output = NewOutput(step.outputs[0], made);
  }
  draft.operands.push_back({DNNL_ARG_DST, output, made});
  if (builder.scratchpad().get_size() > 0) {
    const int scratchpad =
        blocks_.AddComputed(static_cast<int64_t>(builder.scratchpad().get_size()), next_step());
    draft.operands.push_back({DNNL_ARG_SCRATCHPAD, scratchpad, builder.scratchpad()});
  }
  for (const DraftOperand& operand : draft.operands) blocks_.Touch(operand.block, next_step());
  StepReport report{step.name, builder.kernel(), CostOf(step)};
  report.why = builder.why();
  AddDraft(std::move(draft), std::move(report));
  // What a sum starts from is read as well as written.
  if (builder.overwritten().has_value()) {
    program_.report.steps.back().moved_bytes += static_cast<double>(made.get_size());
  }
  SetOutput(step.outputs[0], output, made);
  return absl::OkStatus();
}

// Memory for a step's output, at its place in a concatenation where it has one and lies in blocks.
int CpuCompiler::NewOutput(int value, const Layout& made) {
  const auto& place = places_[value];
  if (place.has_value() && SameBytes(made, ChannelBlocks(DimsOf(spec(value).shape)))) {
    return PartBlock(*place);
  }
  return blocks_.AddComputed(static_cast<int64_t>(made.get_size()), next_step());
}

int CpuCompiler::PartBlock(const ConcatPlace& place) {
  const TensorSpec& whole = spec(place.whole);
  int& block = wholes_[place.whole];
  if (block < 0) {
    const auto& outer = places_[place.whole];
    block = outer.has_value() ? PartBlock(*outer) : blocks_.AddComputed(whole.bytes(), next_step());
  }
  return blocks_.AddPart(block, whole.bytes() / whole.shape[1] * place.channel);
}

absl::StatusOr<bool> CpuCompiler::AddConcat(const PlanStep& step) {
  const int whole = step.outputs[0];
  if (wholes_[whole] < 0) return false;
  int64_t channel = 0;
  for (const int value : step.inputs) {
    const int part = PartBlock({whole, channel});
    const Layout blocks = ChannelBlocks(DimsOf(spec(value).shape));
    channel += spec(value).shape[1];
    const bool in_place =
        std::any_of(copies_[value].begin(), copies_[value].end(), [&](const Copy& copy) {
          return blocks_.SameMemory(copy.block, part) &&
                 blocks_.offset(copy.block) == blocks_.offset(part) &&
                 SameBytes(copy.layout, blocks);
        });
    if (in_place) continue;
    CONVOY_ASSIGN_OR_RETURN(const int block, Locate(value, LayoutNow(value)));
    AddReorder(block, LayoutNow(value), part, blocks);
  }
  blocks_.Touch(wholes_[whole], next_step());
  SetOutput(whole, wholes_[whole], ChannelBlocks(DimsOf(spec(whole).shape)));
  AddDraft(std::monostate(), {step.name, "in place", CostOf(step)});
  return true;
}

absl::Status CpuCompiler::AddReference(const PlanStep& step) {
  DraftReference draft{step.op, {}, {}};
  for (const int value : step.inputs) {
    CONVOY_ASSIGN_OR_RETURN(const int block, Locate(value, PlainLayout(spec(value))));
    draft.inputs.push_back({spec(value), block});
  }
  for (const DraftTensor& input : draft.inputs) blocks_.Touch(input.block, next_step());
  for (const int value : step.outputs) {
    const int block = blocks_.AddComputed(spec(value).bytes(), next_step());
    draft.outputs.push_back({spec(value), block});
    SetOutput(value, block, PlainLayout(spec(value)));
  }
  AddDraft(std::move(draft), {step.name, "reference", CostOf(step), 0});
  return absl::OkStatus();
}

// The output is the input in layout `wanted`, seen as `seen`.
absl::Status CpuCompiler::AddAlias(const PlanStep& step, const Layout& wanted, Layout seen) {
  CONVOY_ASSIGN_OR_RETURN(const int block, Locate(step.inputs[0], wanted));
  SetOutput(step.outputs[0], block, seen);
  AddDraft(std::monostate(), {step.name, "alias", CostOf(step), 0});
  return absl::OkStatus();
}

absl::StatusOr<int> CpuCompiler::Locate(int value, const Layout& wanted) {
  if (const auto& constant = plan_.values[value].constant; constant != nullptr) {
    return AddWeights(constant, PlainLayout(spec(value)), wanted);
  }
  for (const Copy& copy : copies_[value]) {
    if (SameBytes(copy.layout, wanted)) return copy.block;
  }
  const Copy first = copies_[value].front();
  const int block = AddReorder(first.block, first.layout, wanted);
  copies_[value].push_back({block, wanted});
  return block;
}

absl::StatusOr<int> CpuCompiler::LocateRead(const PlanStep& step, const OnednnRead& read) {
  if (read.packed != nullptr) return AddWeights(read.packed, *read.view, read.wanted);
  const int value = step.inputs[read.input];
  if (read.make) {
    CONVOY_ASSIGN_OR_RETURN(
        std::shared_ptr<const PackedWeights> made,
        cache_.GetMade(plan_.values[value].constant, read.recipe, read.floats, read.make));
    return AddPacked(std::move(made));
  }
  if (!read.view.has_value()) return Locate(value, read.wanted);
  if (const auto& constant = plan_.values[value].constant; constant != nullptr) {
    return AddWeights(constant, *read.view, read.wanted);
  }
  CONVOY_ASSIGN_OR_RETURN(const int block, Locate(value, PlainLayout(spec(value))));
  if (SameBytes(*read.view, read.wanted)) return block;
  return AddReorder(block, *read.view, read.wanted);
}

// A block that holds `value` and may be written over.
absl::StatusOr<int> CpuCompiler::LocateOverwritten(int value, const Layout& made,
                                                   std::span<const DraftOperand> reads) {
  const Layout layout = LayoutNow(value);
  CONVOY_ASSIGN_OR_RETURN(const int block, Locate(value, layout));
  const bool is_read = std::any_of(reads.begin(), reads.end(),
                                   [&](const DraftOperand& read) { return read.block == block; });
  if (SameBytes(layout, made) && !is_read && IsExpendable(block)) return block;
  return AddReorder(block, layout, made);
}

absl::StatusOr<int> CpuCompiler::AddWeights(const std::shared_ptr<const HostTensor>& values,
                                            const Layout& view, const Layout& wanted) {
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<const PackedWeights> weights,
                          cache_.Get(values, view, wanted, engine_));
  return AddPacked(std::move(weights));
}

int CpuCompiler::AddPacked(std::shared_ptr<const PackedWeights> weights) {
  // Steps only read it, through interfaces that do not say so.
  auto* address = const_cast<std::byte*>(weights->data());
  program_.weights.push_back(std::move(weights));
  return blocks_.AddFixed(address);
}

bool CpuCompiler::IsExpendable(int block) const {
  if (!blocks_.is_computed(block)) return false;
  for (size_t value = 0; value < copies_.size(); ++value) {
    if (last_use_[value] <= current_) continue;
    for (const Copy& copy : copies_[value]) {
      if (blocks_.SameMemory(copy.block, block)) return false;
    }
  }
  return true;
}

int CpuCompiler::AddReorder(int block, const Layout& from, const Layout& to) {
  const int made = blocks_.AddComputed(static_cast<int64_t>(to.get_size()), next_step());
  AddReorder(block, from, made, to);
  return made;
}

void CpuCompiler::AddReorder(int block, const Layout& from, int made, const Layout& to) {
  const dnnl::reorder::primitive_desc kernel(engine_, from, engine_, to,
                                             OnednnStepBuilder::Attributes());
  DraftPrimitive draft{
      dnnl::reorder(kernel), {}, {{DNNL_ARG_FROM, block, from}, {DNNL_ARG_TO, made, to}}};
  if (const Layout scratchpad = kernel.scratchpad_desc(); scratchpad.get_size() > 0) {
    draft.operands.push_back(
        {DNNL_ARG_SCRATCHPAD,
         blocks_.AddComputed(static_cast<int64_t>(scratchpad.get_size()), next_step()),
         scratchpad});
  }
  blocks_.Touch(block, next_step());
  blocks_.Touch(made, next_step());
  const OpCost cost{0, static_cast<double>(from.get_size() + to.get_size())};
  AddDraft(std::move(draft), {"reorder", kernel.impl_info_str(), cost, 0});
}

void CpuCompiler::SetOutput(int value, int block, const Layout& made) {
  const Layout plain = PlainLayout(spec(value));
  copies_[value] = {{block, made.dims() == plain.dims() ? made : plain}};
}

OpCost CpuCompiler::CostOf(const PlanStep& step) const {
  TensorSpecs inputs;
  TensorSpecs outputs;
  for (const int value : step.inputs) inputs.push_back(spec(value));
  for (const int value : step.outputs) outputs.push_back(spec(value));
  return EstimateCost(step.op, inputs, outputs);
}

absl::Status CpuCompiler::Finish() {
  std::vector<int> outputs;
  for (const int value : plan_.outputs) {
    CONVOY_ASSIGN_OR_RETURN(const int block, Locate(value, PlainLayout(spec(value))));
    outputs.push_back(block);
  }
  for (const int block : outputs) blocks_.Touch(block, next_step());
  CONVOY_RETURN_IF_ERROR(blocks_.Place());
  for (size_t i = 0; i < outputs.size(); ++i) {
    program_.outputs.emplace_back(blocks_.address(outputs[i]),
                                  static_cast<size_t>(spec(plan_.outputs[i]).bytes()));
  }
  for (DraftStep& draft : drafts_) program_.steps.push_back(Bind(draft));
  program_.arena = blocks_.TakeArena();

  SessionReport& report = program_.report;
  report.arena_bytes = blocks_.arena_bytes();
  report.arena_peak_bytes = blocks_.peak_bytes();
  std::set<const PackedWeights*> counted;
  for (const auto& weights : program_.weights) {
    if (counted.insert(weights.get()).second) report.weight_bytes += weights->bytes;
  }
  return absl::OkStatus();
}

CpuStep CpuCompiler::Bind(DraftStep& draft) const {
  if (auto* primitive = std::get_if<DraftPrimitive>(&draft)) {
    if (primitive->own) {
      OwnCall call{std::move(primitive->own), {}};
      for (const DraftOperand& operand : primitive->operands) {
        call.operands.push_back(blocks_.address(operand.block));
      }
      return {std::move(call)};
    }
    std::vector<OnednnArgument> arguments;
    for (const DraftOperand& operand : primitive->operands) {
      arguments.push_back({operand.arg, operand.seen, blocks_.address(operand.block)});
    }
    return {OnednnCall(primitive->primitive, engine_, arguments)};
  }
  if (auto* reference = std::get_if<DraftReference>(&draft)) {
    ReferenceCall call{std::move(reference->op), {}, {}};
    const auto bytes_of = [&](const DraftTensor& tensor) {
      return std::span<std::byte>(blocks_.address(tensor.block),
                                  static_cast<size_t>(tensor.spec.bytes()));
    };
    for (const DraftTensor& tensor : reference->inputs) {
      call.inputs.push_back({tensor.spec, bytes_of(tensor)});
    }
    for (const DraftTensor& tensor : reference->outputs) {
      call.outputs.push_back({tensor.spec, bytes_of(tensor)});
    }
    return {std::move(call)};
  }
  return {};
}

}  // namespace

absl::Status CpuStep::Run(const dnnl::stream& stream) const {
  if (const auto* primitive = std::get_if<OnednnCall>(&call)) return primitive->Execute(stream);
  if (const auto* own = std::get_if<OwnCall>(&call)) own->kernel(own->operands);
  if (const auto* reference = std::get_if<ReferenceCall>(&call)) {
    RunReference(reference->op, reference->inputs, reference->outputs);
  }
  return absl::OkStatus();
}

absl::StatusOr<CpuProgram> CompileCpuProgram(const Plan& plan, WeightCache& weights,
                                             CpuTuning& tuning) {
  CpuProgram program;
  const absl::Status status = CatchOnednn([&]() -> absl::Status {
    CONVOY_ASSIGN_OR_RETURN(program, CpuCompiler(plan, weights, tuning).Compile());
    return absl::OkStatus();
  });
  if (!status.ok()) {
    return WithContext(status, absl::StrFormat("while compiling plan '%s' for the cpu", plan.name));
  }
  return program;
}

}  // namespace convoy::compute
