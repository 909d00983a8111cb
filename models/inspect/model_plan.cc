#include "models/inspect/model_plan.h"

#include <optional>
#include <utility>

#include "compute/base/status.h"
#include "models/batch_shapes.h"
#include "models/lower/lower.h"
#include "models/passes/passes.h"
#include "models/plan_builder.h"

namespace convoy::models {
namespace {

using compute::Shape;

absl::Status CheckBatch(const ModelSpec& spec, int64_t batch) {
  if (batch == 1 || (batch > 1 && spec.max_batch_size > 0)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("the batch is %d, but model '%s' takes %s", batch, spec.name,
                      spec.max_batch_size > 0 ? "at least 1" : "1: it has no batch dimension"));
}

}  // namespace

absl::StatusOr<std::vector<Shape>> ChooseShapes(const ModelFiles& files,
                                                const PlanRequest& request) {
  const ModelSpec& spec = files.spec;
  CONVOY_RETURN_IF_ERROR(CheckBatch(spec, request.batch));
  if (request.extent > 0) return InputShapes(spec, request.batch, request.extent);
  if (auto known = KnownShapes(spec, request.batch); known.has_value()) return *std::move(known);
  for (const int64_t extent : {256, 64, 1}) {
    std::vector<Shape> shapes = InputShapes(spec, request.batch, extent);
    if (files.onnx->Import(shapes).ok()) return shapes;
  }
  return InputShapes(spec, request.batch, 256);
}

absl::StatusOr<compute::Plan> PlanModel(const ModelFiles& files, const PlanRequest& request) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<Shape> shapes, ChooseShapes(files, request));
  CONVOY_ASSIGN_OR_RETURN(Graph graph, ImportOutputs(*files.onnx, ServedOutputs(files), shapes));
  if (!request.raw) {
    if (const auto reports = RunPasses(graph, {}); !reports.ok()) return reports.status();
  }
  CONVOY_ASSIGN_OR_RETURN(
      compute::Plan plan,
      LowerToPlan(graph, absl::StrFormat("%s:%d", files.spec.name, request.batch)));
  if (files.spec.max_batch_size > 0 && CarriesBatch(graph, request.batch)) {
    plan.rows = request.batch;
  }
  return plan;
}

}  // namespace convoy::models
