#include "models/plan_builder.h"

#include <utility>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "models/batch_shapes.h"
#include "models/lower/lower.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::Shape;

std::vector<Shape> ShapesOf(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<Shape> shapes;
  for (const ValueId id : ids) shapes.push_back(graph.values[id].spec.shape);
  return shapes;
}

}  // namespace

absl::StatusOr<Graph> ImportOutputs(const OnnxModel& onnx, std::span<const size_t> outputs,
                                    std::span<const Shape> inputs) {
  CONVOY_ASSIGN_OR_RETURN(Graph graph, onnx.Import(inputs));
  std::vector<ValueId> chosen;
  for (const size_t output : outputs) chosen.push_back(graph.outputs[output]);
  graph.outputs = std::move(chosen);
  return graph;
}

PlanBuilder::PlanBuilder(std::shared_ptr<const OnnxModel> onnx, std::vector<size_t> outputs,
                         compute::Device& device, std::vector<std::string> disabled_passes,
                         int lanes)
    : onnx_(std::move(onnx)),
      outputs_(std::move(outputs)),
      device_(device),
      disabled_passes_(std::move(disabled_passes)),
      lanes_(lanes) {}

absl::StatusOr<Graph> PlanBuilder::Import(std::span<const Shape> inputs) const {
  return ImportOutputs(*onnx_, outputs_, inputs);
}

absl::StatusOr<std::unique_ptr<CompiledPlan>> PlanBuilder::Build(std::span<const Shape> inputs,
                                                                 int64_t rows) const {
  CONVOY_ASSIGN_OR_RETURN(Graph graph, Import(inputs));
  if (rows > 0 && !CarriesBatch(graph, rows)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "model '%s' does not carry a batch of %d through to its outputs", graph.name, rows));
  }
  CONVOY_ASSIGN_OR_RETURN(const std::vector<PassReport> reports,
                          RunPasses(graph, disabled_passes_));
  for (const PassReport& report : reports) {
    compute::LogDebug("model '%s': pass %s leaves %d nodes after %s", graph.name, report.name,
                      report.nodes, absl::FormatDuration(report.time));
  }
  auto result = std::make_unique<CompiledPlan>();
  result->inputs = ShapesOf(graph, graph.inputs);
  result->outputs = ShapesOf(graph, graph.outputs);
  CONVOY_ASSIGN_OR_RETURN(compute::Plan plan,
                          LowerToPlan(graph, absl::StrFormat("%s:%d", graph.name, rows)));
  plan.rows = rows;
  CONVOY_RETURN_IF_ERROR(CompileSessions(plan, device_, lanes_, *result));
  CONVOY_RETURN_IF_ERROR(WarmUp(*result));
  return result;
}

}  // namespace convoy::models
