// `convoy inspect`: what a model is made of, and what the devices have for it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/model_choice.h"
#include "cli/table.h"
#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "compute/runtime/step_kernels.h"
#include "models/inspect/model_summary.h"

namespace convoy::cli {
namespace {

using compute::PlanStep;
using models::LayerSummary;
using models::ModelSummary;
using models::OperatorCoverage;
using models::UnsupportedNodes;

struct InspectFlags {
  ModelArguments model;
  models::PlanRequest request;
  std::string device;
  bool json = false;
  bool dot = false;
};

// Everything that is printed.
struct Inspection {
  models::ModelSource source;
  models::ModelFiles files;
  ModelSummary summary;
  std::vector<std::string> kernels;  // of each layer on --device; empty without one
};

// A multiply-add is one MAC and two FLOPs.
double Macs(double flops) { return flops / 2; }

absl::StatusOr<Inspection> Inspect(const InspectFlags& flags) {
  Inspection result;
  CONVOY_ASSIGN_OR_RETURN(result.source, ChooseSource(flags.model.FromArguments()));
  CONVOY_ASSIGN_OR_RETURN(result.files, models::ReadModelFiles(result.source, 1));
  CONVOY_ASSIGN_OR_RETURN(result.summary, models::SummarizeModel(result.files, flags.request));
  if (flags.device.empty() || !result.summary.status.ok()) return result;
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Device> device,
                          compute::OpenDevice(flags.device, {}));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Session> session,
                          device->Compile(result.summary.plan));
  result.kernels = KernelsOfSteps(result.summary.plan, session->report());
  return result;
}

std::string OutputsOf(const compute::Plan& plan, const PlanStep& step) {
  std::string text;
  for (const int output : step.outputs) {
    absl::StrAppendFormat(&text, "%s%s", text.empty() ? "" : " ",
                          plan.values[output].spec.ToString());
  }
  return text;
}

void PrintTensors(const Inspection& inspection) {
  const models::ModelSpec& spec = inspection.files.spec;
  const ModelSummary& summary = inspection.summary;
  for (size_t i = 0; i < summary.inputs.size(); ++i) {
    std::printf("input   %s %s\n", Printable(spec.inputs[i].name).c_str(),
                summary.inputs[i].ToString().c_str());
  }
  for (size_t i = 0; i < summary.plan.outputs.size(); ++i) {
    std::printf("output  %s %s\n", Printable(spec.outputs[i].name).c_str(),
                summary.plan.values[summary.plan.outputs[i]].spec.ToString().c_str());
  }
}

void PrintLayers(const Inspection& inspection) {
  const compute::Plan& plan = inspection.summary.plan;
  std::vector<std::string> titles = {"layer",  "operator",   "attributes",
                                     "output", "parameters", "MACs"};
  std::vector<Align> aligns(4, Align::kLeft);
  aligns.resize(6, Align::kRight);
  if (!inspection.kernels.empty()) {
    titles.push_back("kernel");
    aligns.push_back(Align::kLeft);
  }
  Table table(titles, aligns);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    const LayerSummary& layer = inspection.summary.layers[i];
    std::vector<std::string> cells = {step.name,
                                      std::string(OpName(step.op)),
                                      AttributesOf(step.op),
                                      OutputsOf(plan, step),
                                      Grouped(layer.parameters),
                                      Metric(Macs(layer.flops))};
    if (!inspection.kernels.empty()) cells.push_back(inspection.kernels[i]);
    table.AddRow(std::move(cells));
  }
  std::printf("\n%s", table.ToString().c_str());
}

void PrintTotals(const ModelSummary& summary, int64_t batch) {
  std::printf("\nparameters   %s\n", Grouped(summary.parameters).c_str());
  std::printf("weights      %s\n", Binary(summary.weight_bytes).c_str());
  std::printf("MACs         %s (%s FLOPs) at batch %d\n", Metric(Macs(summary.flops)).c_str(),
              Metric(summary.flops).c_str(), static_cast<int>(batch));
  std::printf("activations  %s at batch %d (%s alive at once)\n",
              Binary(summary.activation_bytes).c_str(), static_cast<int>(batch),
              Binary(summary.peak_bytes).c_str());
}

void PrintCoverage(const std::vector<OperatorCoverage>& coverage) {
  Table table({"operator", "layers", "reference", "cpu", "vulkan"},
              {Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const OperatorCoverage& row : coverage) {
    table.AddRow({row.op, std::to_string(row.layers), "formula", row.cpu, row.vulkan});
  }
  std::printf("\n%s", table.ToString().c_str());
}

void PrintUnsupported(const ModelSummary& summary) {
  std::printf("\nThis model cannot run: %s\n",
              Printable(std::string(summary.status.message())).c_str());
  if (summary.unsupported.empty()) return;
  Table table({"unsupported", "nodes", "first node", "reason"},
              {Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft});
  for (const UnsupportedNodes& row : summary.unsupported) {
    table.AddRow({row.op_type, std::to_string(row.count), row.first_node, row.reason});
  }
  std::printf("\n%s", table.ToString().c_str());
}

void PrintText(const Inspection& inspection, const InspectFlags& flags) {
  std::printf("%s version %d: %s%s\n", Printable(inspection.source.name).c_str(),
              static_cast<int>(inspection.source.version),
              Printable(inspection.source.model_path).c_str(),
              flags.request.raw ? ", as imported" : ", as it runs");
  PrintTensors(inspection);
  if (!inspection.summary.status.ok()) return PrintUnsupported(inspection.summary);
  PrintLayers(inspection);
  PrintTotals(inspection.summary, flags.request.batch);
  PrintCoverage(inspection.summary.coverage);
}

nlohmann::ordered_json TensorJson(const std::string& name, const compute::TensorSpec& spec) {
  return {{"name", name},
          {"datatype", compute::NameOf(spec.dtype)},
          {"shape", std::vector<int64_t>(spec.shape.dims().begin(), spec.shape.dims().end())}};
}

nlohmann::ordered_json LayersJson(const Inspection& inspection) {
  const compute::Plan& plan = inspection.summary.plan;
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    const LayerSummary& layer = inspection.summary.layers[i];
    nlohmann::ordered_json object = {
        {"name", step.name}, {"operator", OpName(step.op)}, {"attributes", AttributesOf(step.op)}};
    object["outputs"] = nlohmann::ordered_json::array();
    for (const int output : step.outputs) {
      object["outputs"].push_back(TensorJson(plan.values[output].name, plan.values[output].spec));
    }
    object["parameters"] = layer.parameters;
    object["macs"] = Macs(layer.flops);
    object["cpu"] = layer.cpu;
    object["vulkan"] = layer.vulkan;
    if (!inspection.kernels.empty()) object["kernel"] = inspection.kernels[i];
    layers.push_back(std::move(object));
  }
  return layers;
}

void AddUnsupportedJson(const ModelSummary& summary, nlohmann::ordered_json& object) {
  object["error"] = std::string(summary.status.message());
  object["unsupported"] = nlohmann::ordered_json::array();
  for (const UnsupportedNodes& row : summary.unsupported) {
    object["unsupported"].push_back({{"operator", row.op_type},
                                     {"nodes", row.count},
                                     {"first_node", row.first_node},
                                     {"reason", row.reason}});
  }
}

void AddSummaryJson(const Inspection& inspection, nlohmann::ordered_json& object) {
  const ModelSummary& summary = inspection.summary;
  object["outputs"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < summary.plan.outputs.size(); ++i) {
    object["outputs"].push_back(TensorJson(inspection.files.spec.outputs[i].name,
                                           summary.plan.values[summary.plan.outputs[i]].spec));
  }
  object["layers"] = LayersJson(inspection);
  object["totals"] = {{"parameters", summary.parameters},
                      {"weight_bytes", summary.weight_bytes},
                      {"macs", Macs(summary.flops)},
                      {"flops", summary.flops},
                      {"activation_bytes", summary.activation_bytes},
                      {"peak_bytes", summary.peak_bytes}};
  object["coverage"] = nlohmann::ordered_json::array();
  for (const OperatorCoverage& row : summary.coverage) {
    object["coverage"].push_back(
        {{"operator", row.op}, {"layers", row.layers}, {"cpu", row.cpu}, {"vulkan", row.vulkan}});
  }
}

void PrintJson(const Inspection& inspection, const InspectFlags& flags) {
  nlohmann::ordered_json object;
  object["model"] = inspection.source.name;
  object["version"] = inspection.source.version;
  object["path"] = inspection.source.model_path;
  object["graph"] = flags.request.raw ? "imported" : "optimised";
  object["batch"] = flags.request.batch;
  object["inputs"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < inspection.summary.inputs.size(); ++i) {
    object["inputs"].push_back(
        TensorJson(inspection.files.spec.inputs[i].name, inspection.summary.inputs[i]));
  }
  if (inspection.summary.status.ok()) {
    AddSummaryJson(inspection, object);
  } else {
    AddUnsupportedJson(inspection.summary, object);
  }
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int RunInspect(const InspectFlags& flags) {
  const absl::StatusOr<Inspection> inspection = Inspect(flags);
  if (!inspection.ok()) return Fail(inspection.status());
  const bool runs = inspection->summary.status.ok();
  if (flags.json) {
    PrintJson(*inspection, flags);
  } else if (flags.dot && runs) {
    std::fputs(models::ToDot(inspection->summary.plan).c_str(), stdout);
  } else {
    PrintText(*inspection, flags);
  }
  return runs ? kExitOk : kExitFailure;
}

}  // namespace

void AddInspectCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand("inspect", "Show what a model is made of");
  const auto flags = std::make_shared<InspectFlags>();
  AddModelArguments(*command, &flags->model);
  command->add_option("-b,--batch", flags->request.batch, "Rows of the batch")
      ->check(CLI::Range(1, 16384))
      ->capture_default_str();
  AddExtentFlag(*command, &flags->request.extent);
  command->add_flag("--raw", flags->request.raw, "The graph as imported, before the passes");
  command->add_option("--device", flags->device,
                      "Compile for it and show each layer's kernel: cpu, reference, vulkan[:N]");
  command->add_flag("--json", flags->json, "Print JSON")
      ->excludes(command->add_flag("--dot", flags->dot, "Print the graph for Graphviz"));
  command->footer(
      "Examples:\n"
      "  convoy inspect resnet50.onnx                        layers, shapes, parameters, MACs\n"
      "  convoy inspect --repository models lenet5 -b 8      memory and work of a batch of 8\n"
      "  convoy inspect unet.onnx --device cpu               which kernel runs each layer\n"
      "  convoy inspect unet.onnx --dot | dot -Tsvg -o unet.svg\n"
      "Exit code 1 when the model cannot run: every node in its way is listed.");
  command->callback([=] { *run = [=] { return RunInspect(*flags); }; });
}

}  // namespace convoy::cli
