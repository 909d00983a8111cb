// Turns a Plan into a CpuProgram: asks each operator's oneDNN launcher for its primitive, puts
// reorders where two neighbours disagree about a layout, and lets the reference kernel run what
// oneDNN lacks. Internal to the cpu device: CompileCpuProgram is the way in. Used once, by one
// thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "compute/runtime/concat_places.h"
#include "compute/runtime/cpu_blocks.h"
#include "compute/runtime/cpu_program.h"

namespace convoy::compute {

// A tensor as a step uses it, before blocks have addresses.
struct DraftOperand {
  int arg = 0;
  int block = -1;
  Layout seen;
  int64_t row_bytes = 0;  // to the operand of the next row; 0: all rows have the same
};
struct DraftTensor {
  TensorSpec spec;
  int block = -1;
};
struct DraftPrimitive {
  dnnl::primitive primitive;
  OwnKernel own;  // instead of the primitive where it is set
  std::vector<DraftOperand> operands;
  int64_t rows = 1;  // executions, one a row
};
struct DraftReference {
  OpParams op;
  std::vector<DraftTensor> inputs;
  std::vector<DraftTensor> outputs;
};

// What a launcher noted about one row, for all rows of the batch.
struct RowsDraft {
  int64_t rows = 1;
  std::vector<OnednnRead> reads;
  Layout made;
};

using DraftStep = std::variant<std::monostate, DraftPrimitive, DraftReference>;

class CpuCompiler {
 public:
  CpuCompiler(const Plan& plan, WeightCache& weights, CpuTuning& tuning);

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
  // False where `builder` is UNIMPLEMENTED.
  absl::StatusOr<bool> AddBuilt(const PlanStep& step,
                                const absl::StatusOr<OnednnStepBuilder>& builder, int64_t rows);
  absl::Status AddReference(const PlanStep& step);
  absl::Status AddAlias(const PlanStep& step, const Layout& wanted, Layout seen);
  // What the operator's launcher notes: about all `rows` at once, or about the first of them.
  absl::StatusOr<OnednnStepBuilder> Build(const PlanStep& step, int64_t rows) const;
  absl::StatusOr<RowsDraft> DraftRows(const PlanStep& step, const OnednnStepBuilder& builder,
                                      int64_t rows) const;
  absl::Status AddPrimitive(const PlanStep& step, const OnednnStepBuilder& builder,
                            const RowsDraft& rows);
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
  bool IsConstant(int value) const { return plan_.values[value].constant != nullptr; }
  bool IsExpendable(int block) const;
  int AddReorder(int block, const Layout& from, const Layout& to);
  void AddReorder(int block, const Layout& from, int made, const Layout& to);
  void AddDraft(DraftStep draft, StepReport report);
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
  std::string refusal_;      // why oneDNN does not run it; set where AddOnednn gives false
  std::vector<DraftStep> drafts_;
  CpuProgram program_;
};

}  // namespace convoy::compute
