#include "models/inspect/model_summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "compute/plan/plan_lifetimes.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::Plan;
using compute::PlanStep;
using compute::PlanValue;
using compute::Shape;
using compute::TensorSpec;

constexpr int64_t kAlignment = 64;

// What op_table.def says about an operator.
struct TableRow {
  std::string_view name;
  std::string_view cpu;
  std::string_view vulkan;
};
constexpr TableRow kTable[] = {
#define CONVOY_OP(family, file, Name, cpu, vulkan) {#Name, #cpu, #vulkan},
#include "compute/ops/op_table.def"
#undef CONVOY_OP
};

std::vector<TensorSpec> SpecsOf(const Plan& plan, const std::vector<int>& values) {
  std::vector<TensorSpec> specs;
  for (const int value : values) specs.push_back(plan.values[value].spec);
  return specs;
}

bool AllFp32(const std::vector<TensorSpec>& specs) {
  return std::all_of(specs.begin(), specs.end(),
                     [](const TensorSpec& spec) { return spec.dtype == DType::kFloat32; });
}

LayerSummary SummarizeStep(const Plan& plan, const PlanStep& step) {
  const std::vector<TensorSpec> inputs = SpecsOf(plan, step.inputs);
  const std::vector<TensorSpec> outputs = SpecsOf(plan, step.outputs);
  LayerSummary layer;
  for (const int input : step.inputs) {
    const PlanValue& value = plan.values[input];
    if (value.constant == nullptr || value.spec.dtype != DType::kFloat32) continue;
    layer.parameters += value.spec.elements();
  }
  layer.flops = EstimateCost(step.op, inputs, outputs).flops;
  const auto row = std::find_if(std::begin(kTable), std::end(kTable), [&](const TableRow& entry) {
    return entry.name == OpName(step.op);
  });
  // oneDNN computes in FP32 alone (docs/decisions/0004).
  const bool fp32 = AllFp32(inputs) && AllFp32(outputs);
  layer.cpu = fp32 ? row->cpu : "reference";
  layer.vulkan = row->vulkan == "vulkan" ? "own shaders" : row->vulkan;
  return layer;
}

void AddLayers(const Plan& plan, ModelSummary& summary) {
  std::map<std::string, OperatorCoverage> coverage;
  for (const PlanStep& step : plan.steps) {
    const LayerSummary layer = SummarizeStep(plan, step);
    summary.flops += layer.flops;
    OperatorCoverage& row = coverage[std::string(OpName(step.op))];
    row.op = OpName(step.op);
    ++row.layers;
    row.vulkan = layer.vulkan;
    if (!row.cpu.empty() && row.cpu != layer.cpu) {
      row.cpu = "onednn, reference";
    } else {
      row.cpu = layer.cpu;
    }
    summary.layers.push_back(layer);
  }
  for (auto& [op, row] : coverage) summary.coverage.push_back(std::move(row));
}

void AddMemory(const Plan& plan, ModelSummary& summary) {
  std::set<const compute::HostTensor*> seen;
  for (const PlanValue& value : plan.values) {
    if (value.constant == nullptr || !seen.insert(value.constant.get()).second) continue;
    summary.weight_bytes += value.spec.bytes();
    if (value.spec.dtype == DType::kFloat32) summary.parameters += value.spec.elements();
  }
  const compute::MemoryLayout layout =
      compute::PlanMemory(compute::FindLifetimes(plan).blocks, kAlignment);
  summary.activation_bytes = layout.arena_bytes;
  summary.peak_bytes = layout.peak_bytes;
}

// Text between the quotes of a Graphviz string.
std::string DotText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += control ? '?' : c;
  }
  return escaped;
}

std::string DotBox(const Plan& plan, const PlanStep& step) {
  std::string text = absl::StrFormat("%s\\n%s %s", DotText(step.name), OpName(step.op),
                                     DotText(AttributesOf(step.op)));
  for (const int output : step.outputs) {
    absl::StrAppendFormat(&text, "\\n%s", plan.values[output].spec.ToString());
  }
  return text;
}

}  // namespace

std::vector<UnsupportedNodes> FindUnsupported(const OnnxModel& onnx,
                                              const std::vector<Shape>& shapes) {
  std::vector<UnsupportedNodes> rows;
  std::map<std::pair<std::string, std::string>, size_t> row_of;
  for (const NodeFault& fault : onnx.FindFaults(shapes)) {
    const std::string reason(fault.status.message());
    const auto [row, is_new] = row_of.try_emplace({fault.op_type, reason}, rows.size());
    if (is_new) rows.push_back({fault.op_type, 0, fault.node, reason});
    ++rows[row->second].count;
  }
  return rows;
}

absl::StatusOr<ModelSummary> SummarizeModel(const ModelFiles& files, const PlanRequest& request) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<Shape> shapes, ChooseShapes(files, request));
  ModelSummary summary;
  for (size_t i = 0; i < shapes.size(); ++i) {
    summary.inputs.push_back({files.spec.inputs[i].dtype, shapes[i]});
  }
  auto plan = PlanModel(files, request);
  if (!plan.ok()) {
    summary.status = plan.status();
    summary.unsupported = FindUnsupported(*files.onnx, shapes);
    return summary;
  }
  AddLayers(*plan, summary);
  AddMemory(*plan, summary);
  summary.plan = *std::move(plan);
  return summary;
}

std::string ToDot(const Plan& plan) {
  std::string dot = absl::StrFormat(
      "digraph \"%s\" {\n  node [shape=box, fontname=\"sans-serif\", fontsize=10];\n",
      DotText(plan.name));
  std::vector<std::string> maker(plan.values.size());  // the box that a value comes from
  for (const int input : plan.inputs) {
    maker[input] = absl::StrFormat("v%d", input);
    absl::StrAppendFormat(&dot, "  v%d [shape=ellipse, label=\"%s\\n%s\"];\n", input,
                          DotText(plan.values[input].name), plan.values[input].spec.ToString());
  }
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    absl::StrAppendFormat(&dot, "  s%d [label=\"%s\"];\n", i, DotBox(plan, step));
    for (const int input : step.inputs) {
      if (!maker[input].empty()) absl::StrAppendFormat(&dot, "  %s -> s%d;\n", maker[input], i);
    }
    for (const int output : step.outputs) maker[output] = absl::StrFormat("s%d", i);
  }
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const int output = plan.outputs[i];
    absl::StrAppendFormat(&dot, "  o%d [shape=ellipse, label=\"%s\"];\n", i,
                          DotText(plan.values[output].name));
    if (!maker[output].empty()) absl::StrAppendFormat(&dot, "  %s -> o%d;\n", maker[output], i);
  }
  return dot + "}\n";
}

}  // namespace convoy::models
