// What an operator's oneDNN launcher sees while a plan is compiled: where its tensors lie, and a
// place to note which primitive reads and writes what. Launchers (compute/ops/<family>/
// <file>_onednn.cc) are written against this class; the session in compute/runtime adds the
// reorders, places the memory and runs the primitive. Not thread-safe; used during compilation
// only.
//
//   dnnl::eltwise_forward::primitive_desc kernel({..., builder.layout(0), ...},
//                                                builder.Attributes(), builder.engine());
//   builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
//   builder.Write(kernel.dst_desc());
//   builder.Execute(dnnl::eltwise_forward(kernel), kernel);
//   return absl::OkStatus();
//
// A launcher that returns UNIMPLEMENTED, or in which oneDNN throws, leaves its step to the
// reference kernel; nothing that it noted counts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compute/base/other_kernel.h"
#include "compute/cpu/kernel_choice.h"
#include "compute/cpu/layout.h"
#include "compute/cpu/weight_cache.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// A step's input as the launcher finds it.
struct OnednnStepInput {
  TensorSpec spec;
  Layout layout;                               // where it lies now, with its own dimensions
  std::shared_ptr<const HostTensor> constant;  // null where it is computed
};

// A kernel of our own. `operands` are the addresses of what the step reads, in the order of the
// Read calls, then of its output, then of its scratchpad where it asked for one. May run in several
// threads at once with other operands.
using OwnKernel = std::function<void(std::span<std::byte* const> operands)>;

// A tensor that the primitive reads: input `input`, or `packed` values.
struct OnednnRead {
  int arg = 0;  // DNNL_ARG_*
  int input = -1;
  std::shared_ptr<const HostTensor> packed;
  // Names the row-major elements where other dimensions or strides than the tensor's own are meant.
  std::optional<Layout> view;
  Layout wanted;  // the layout it is brought into
  Layout seen;    // what the primitive is told about it
  // Weights computed from the input's values (WeightCache::GetMade) where `make` is set.
  std::string recipe;
  int64_t floats = 0;
  WeightCache::MakeWeights make;
};

class OnednnStepBuilder {
 public:
  OnednnStepBuilder(const dnnl::engine& engine, std::vector<OnednnStepInput> inputs,
                    TensorSpec output, CpuTuning& tuning)
      : engine_(engine), inputs_(std::move(inputs)), output_(std::move(output)), tuning_(tuning) {}

  const dnnl::engine& engine() const { return engine_; }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  Dims dims(int input) const { return DimsOf(inputs_[input].spec.shape); }
  const Layout& layout(int input) const { return inputs_[input].layout; }
  // The values of an input that is a weight; null otherwise.
  const HostTensor* constant(int input) const { return inputs_[input].constant.get(); }
  Dims output_dims() const { return DimsOf(output_.shape); }
  CpuTuning& tuning() const { return tuning_; }

  // Attributes of every primitive: its scratchpad comes from the session's arena.
  static dnnl::primitive_attr Attributes(const dnnl::post_ops& post_ops = {});

  // Input `input` in layout `wanted`. The dimensions may differ from its own where the elements do
  // not: then it is brought into row-major order first.
  void Read(int arg, int input, const Layout& wanted);
  // The row-major elements of `input`, named by `view` (other dimensions, swapped strides), in
  // layout `wanted`. Weights are packed at once, other inputs at every run.
  void ReadView(int arg, int input, const Layout& view, const Layout& wanted);
  // Input `input` where it lies, shown to the primitive under another description.
  void ReadInPlace(int arg, int input, const Layout& seen);
  // Values made from weights (scaled, expanded), likewise.
  void ReadPacked(int arg, HostTensor values, const Layout& view, const Layout& wanted);

  // `floats` numbers that `make` computes from the weight `input`, for a kernel of our own.
  void ReadMade(int input, std::string recipe, int64_t floats, WeightCache::MakeWeights make);

  // The output, as DNNL_ARG_DST (DNNL_ARG_TO of a reorder is the same). Other dimensions than its
  // own must be row-major.
  void Write(const Layout& made);
  // The output starts as a copy of `input` that the primitive adds to (a `sum` post-op). The copy
  // is free where nobody needs the input any more.
  void WriteOver(int input, const Layout& made);
  // No primitive: the output is `input` where it lies, seen as `seen`.
  void Alias(int input, const Layout& seen);

  // The primitive, with the descriptor it was made from.
  void Execute(dnnl::primitive primitive, const dnnl::primitive_desc_base& descriptor);

  // A kernel of our own instead, with its name and the floats of its scratchpad.
  void ExecuteOwn(OwnKernel kernel, std::string name, int64_t scratch_floats);
  // Why this kernel, for the report.
  void Explain(std::string why) { why_ = std::move(why); }
  // Why not that one, likewise; noted only where somebody asked (DeviceOptions.explain).
  void Refuse(std::string_view kernel, std::string_view why, double trial_ms = 0);

  // What was noted, for the session.
  const std::vector<OnednnRead>& reads() const { return reads_; }
  const Layout& made() const { return *made_; }
  std::optional<int> overwritten() const { return overwritten_; }
  std::optional<int> aliased() const { return aliased_; }
  const dnnl::primitive& primitive() const { return primitive_; }
  const OwnKernel& own() const { return own_; }
  const std::string& why() const { return why_; }
  const std::vector<OtherKernel>& others() const { return others_; }
  const std::string& kernel() const { return kernel_; }
  const Layout& scratchpad() const { return scratchpad_; }

 private:
  const dnnl::engine& engine_;
  std::vector<OnednnStepInput> inputs_;
  TensorSpec output_;
  CpuTuning& tuning_;

  std::vector<OnednnRead> reads_;
  std::optional<Layout> made_;
  std::optional<int> overwritten_;
  std::optional<int> aliased_;
  dnnl::primitive primitive_;
  OwnKernel own_;
  std::string kernel_;
  std::string why_;
  std::vector<OtherKernel> others_;
  Layout scratchpad_;
};

// True for the kernels that oneDNN itself calls references: plain loops, of use only where nothing
// else is.
bool IsPlainLoop(const dnnl::primitive_desc_base& descriptor);

}  // namespace convoy::compute
