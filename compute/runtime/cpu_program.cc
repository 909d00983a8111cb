#include "compute/runtime/cpu_program.h"

#include <set>
#include <utility>

#include "compute/base/status.h"
#include "compute/ops/onednn_ops.h"
#include "compute/runtime/cpu_compiler.h"

namespace convoy::compute {

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
    OnednnRowCalls calls;
    for (int64_t row = 0; row < primitive->rows; ++row) {
      std::vector<OnednnArgument> arguments;
      for (const DraftOperand& operand : primitive->operands) {
        arguments.push_back(
            {operand.arg, operand.seen, blocks_.address(operand.block) + row * operand.row_bytes});
      }
      calls.emplace_back(primitive->primitive, engine_, arguments);
    }
    if (calls.size() == 1) return {std::move(calls.front())};
    return {std::move(calls)};
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

absl::Status CpuStep::Run(const dnnl::stream& stream) const {
  if (const auto* primitive = std::get_if<OnednnCall>(&call)) return primitive->Execute(stream);
  if (const auto* rows = std::get_if<OnednnRowCalls>(&call)) {
    for (const OnednnCall& row : *rows) CONVOY_RETURN_IF_ERROR(row.Execute(stream));
  }
  if (const auto* own = std::get_if<OwnCall>(&call)) own->kernel(own->operands);
  if (const auto* reference = std::get_if<ReferenceCall>(&call)) {
    RunReference(reference->op, reference->inputs, reference->outputs);
  }
  return absl::OkStatus();
}

absl::StatusOr<CpuProgram> CompileCpuProgram(const Plan& plan, WeightCache& weights,
                                             CpuTuning& tuning) {
  CpuProgram program;
  tuning.tuner.Load();
  const absl::Status status = CatchOnednn([&]() -> absl::Status {
    CONVOY_ASSIGN_OR_RETURN(program, CpuCompiler(plan, weights, tuning).Compile());
    return absl::OkStatus();
  });
  tuning.tuner.Save();
  if (!status.ok()) {
    return WithContext(status, absl::StrFormat("while compiling plan '%s' for the cpu", plan.name));
  }
  return program;
}

}  // namespace convoy::compute
