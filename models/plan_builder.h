// From an ONNX file to compiled sessions for one set of input shapes: import, passes, lowering,
// compilation, one warm-up run.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"
#include "models/compiled_plan.h"
#include "models/graph/graph.h"
#include "models/onnx/onnx_model.h"

namespace convoy::models {

// The graph as the file has it, with these of onnx.outputs() only.
absl::StatusOr<Graph> ImportOutputs(const OnnxModel& onnx, std::span<const size_t> outputs,
                                    std::span<const compute::Shape> inputs);

// Thread-safe. `device` must outlive it and its plans.
class PlanBuilder {
 public:
  // `outputs` are the model's outputs to compute, as indices into onnx->outputs(). Its plans have
  // sessions for `lanes` batches at once (CompileSessions).
  PlanBuilder(std::shared_ptr<const OnnxModel> onnx, std::vector<size_t> outputs,
              compute::Device& device, std::vector<std::string> disabled_passes, int lanes = 1);

  // ImportOutputs with the outputs of this model.
  absl::StatusOr<Graph> Import(std::span<const compute::Shape> inputs) const;

  // With `rows` > 0 each output must have that many rows (dimension 0), which shows that the batch
  // dimension runs through the whole graph.
  absl::StatusOr<std::unique_ptr<CompiledPlan>> Build(std::span<const compute::Shape> inputs,
                                                      int64_t rows) const;

 private:
  std::shared_ptr<const OnnxModel> onnx_;
  std::vector<size_t> outputs_;
  compute::Device& device_;
  std::vector<std::string> disabled_passes_;
  int lanes_;
};

}  // namespace convoy::models
