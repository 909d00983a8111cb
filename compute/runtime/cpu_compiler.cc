#include "compute/runtime/cpu_compiler.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/ops/onednn_ops.h"
#include "compute/runtime/rows_apart.h"

namespace convoy::compute {
namespace {

// Channels of a block in which values are made at their place in a concatenation (nChw8c).
constexpr int64_t kChannelBlock = 8;
constexpr int kForever = std::numeric_limits<int>::max();

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

// Of primitives the layouts' bytes, padding included; the formula moves what it must. Weights count
// once, however many rows read them.
double MovedBytes(const DraftStep& draft, const OpCost& cost) {
  if (std::holds_alternative<std::monostate>(draft)) return 0;
  const auto* primitive = std::get_if<DraftPrimitive>(&draft);
  if (primitive == nullptr) return cost.bytes;
  double bytes = 0;
  for (const DraftOperand& operand : primitive->operands) {
    const int64_t rows = operand.row_bytes > 0 ? primitive->rows : 1;
    bytes += static_cast<double>(operand.seen.get_size()) * static_cast<double>(rows);
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

}  // namespace

CpuCompiler::CpuCompiler(const Plan& plan, WeightCache& weights, CpuTuning& tuning)
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

absl::StatusOr<OnednnStepBuilder> CpuCompiler::Build(const PlanStep& step, int64_t rows) const {
  std::vector<OnednnStepInput> inputs;
  TensorSpec output = spec(step.outputs[0]);
  for (const int value : step.inputs) {
    if (!OnednnTakes(spec(value))) return absl::UnimplementedError("oneDNN holds floats only");
    OnednnStepInput input{spec(value), LayoutNow(value), plan_.values[value].constant};
    if (rows > 1 && !IsConstant(value)) {
      input.spec.shape[0] = 1;
      CONVOY_ASSIGN_OR_RETURN(input.layout, FirstRow(input.layout));
    }
    inputs.push_back(std::move(input));
  }
  if (rows > 1) output.shape[0] = 1;
  OnednnStepBuilder builder(engine_, std::move(inputs), std::move(output), tuning_);
  CONVOY_RETURN_IF_ERROR(CatchOnednn([&] { return BuildAny(step.op, builder); }));
  return builder;
}

absl::StatusOr<RowsDraft> CpuCompiler::DraftRows(const PlanStep& step,
                                                 const OnednnStepBuilder& builder,
                                                 int64_t rows) const {
  RowsDraft draft{rows, builder.reads(), builder.made()};
  if (rows == 1) return draft;
  CONVOY_ASSIGN_OR_RETURN(draft.made, Repeated(draft.made, rows));
  for (OnednnRead& read : draft.reads) {
    if (read.input < 0 || IsConstant(step.inputs[read.input])) continue;
    CONVOY_ASSIGN_OR_RETURN(read.wanted, Repeated(read.wanted, rows));
    if (!read.view.has_value()) continue;
    CONVOY_ASSIGN_OR_RETURN(read.view, Repeated(*read.view, rows));
  }
  return draft;
}

// False when oneDNN does not cover the step.
absl::StatusOr<bool> CpuCompiler::AddOnednn(const PlanStep& step) {
  refusal_ = "oneDNN gives one output, of floats";
  if (step.outputs.size() != 1 || !OnednnTakes(spec(step.outputs[0]))) return false;
  const absl::StatusOr<OnednnStepBuilder> whole = Build(step, 1);
  const int64_t rows = tuning_.batch_invariant ? RowsApart(plan_, step) : 1;
  // Our own kernels sum in one order for all batch sizes.
  if (rows == 1 || !whole.ok() || whole->own()) return AddBuilt(step, whole, 1);
  return AddBuilt(step, Build(step, rows), rows);
}

absl::StatusOr<bool> CpuCompiler::AddBuilt(const PlanStep& step,
                                           const absl::StatusOr<OnednnStepBuilder>& builder,
                                           int64_t rows) {
  const absl::StatusOr<RowsDraft> draft =
      builder.ok() ? DraftRows(step, *builder, rows) : absl::StatusOr<RowsDraft>(builder.status());
  if (absl::IsUnimplemented(draft.status())) {
    refusal_ = std::string(draft.status().message());
    LogDebug("step '%s' runs the reference kernel: %s", step.name, refusal_);
    return false;
  }
  CONVOY_RETURN_IF_ERROR(draft.status());
  if (builder->aliased().has_value()) {
    const Layout layout = builder->layout(*builder->aliased());
    CONVOY_RETURN_IF_ERROR(AddAlias(step, layout, builder->made()));
  } else {
    CONVOY_RETURN_IF_ERROR(AddPrimitive(step, *builder, *draft));
  }
  return true;
}

absl::Status CpuCompiler::AddPrimitive(const PlanStep& step, const OnednnStepBuilder& builder,
                                       const RowsDraft& rows) {
  DraftPrimitive draft{builder.primitive(), builder.own(), {}, rows.rows};
  const auto bytes_of = [](const Layout& row) { return static_cast<int64_t>(row.get_size()); };
  for (size_t i = 0; i < rows.reads.size(); ++i) {
    const OnednnRead& read = rows.reads[i];
    CONVOY_ASSIGN_OR_RETURN(const int block, LocateRead(step, read));
    const bool apart = rows.rows > 1 && read.input >= 0 && !IsConstant(step.inputs[read.input]);
    const int64_t row_bytes = apart ? bytes_of(builder.reads()[i].wanted) : 0;
    draft.operands.push_back({read.arg, block, read.seen, row_bytes});
  }
  const Layout& made = rows.made;
  int output = -1;
  if (builder.overwritten().has_value()) {
    CONVOY_ASSIGN_OR_RETURN(
        output, LocateOverwritten(step.inputs[*builder.overwritten()], made, draft.operands));
  } else {
    output = NewOutput(step.outputs[0], made);
  }
  draft.operands.push_back(
      {DNNL_ARG_DST, output, builder.made(), rows.rows > 1 ? bytes_of(builder.made()) : 0});
  if (builder.scratchpad().get_size() > 0) {
    const int scratchpad =
        blocks_.AddComputed(static_cast<int64_t>(builder.scratchpad().get_size()), next_step());
    draft.operands.push_back({DNNL_ARG_SCRATCHPAD, scratchpad, builder.scratchpad()});
  }
  for (const DraftOperand& operand : draft.operands) blocks_.Touch(operand.block, next_step());
  StepReport report{step.name, builder.kernel(), CostOf(step)};
  report.why = rows.rows > 1 ? "a row at a time, as in a batch of one" : builder.why();
  report.others = builder.others();
  AddDraft(std::move(draft), std::move(report));
  // What a sum starts from is read as well as written.
  if (builder.overwritten().has_value()) {
    program_.report.steps.back().moved_bytes += static_cast<double>(made.get_size());
  }
  SetOutput(step.outputs[0], output, made);
  return absl::OkStatus();
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
  StepReport report{step.name, "reference", CostOf(step)};
  if (tuning_.explain) report.others.push_back({"oneDNN", refusal_});
  AddDraft(std::move(draft), std::move(report));
  return absl::OkStatus();
}

// The output is the input in layout `wanted`, seen as `seen`.
absl::Status CpuCompiler::AddAlias(const PlanStep& step, const Layout& wanted, Layout seen) {
  CONVOY_ASSIGN_OR_RETURN(const int block, Locate(step.inputs[0], wanted));
  SetOutput(step.outputs[0], block, seen);
  AddDraft(std::monostate(), {step.name, "alias", CostOf(step), 0});
  return absl::OkStatus();
}

void CpuCompiler::AddDraft(DraftStep draft, StepReport report) {
  report.moved_bytes = MovedBytes(draft, report.cost);
  drafts_.push_back(std::move(draft));
  program_.report.steps.push_back(std::move(report));
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

}  // namespace convoy::compute
