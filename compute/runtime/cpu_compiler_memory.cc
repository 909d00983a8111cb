// Where values and weights lie while a plan is compiled.
#include <algorithm>
#include <utility>

#include "compute/base/status.h"
#include "compute/ops/onednn_ops.h"
#include "compute/runtime/cpu_compiler.h"

namespace convoy::compute {

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

}  // namespace convoy::compute
