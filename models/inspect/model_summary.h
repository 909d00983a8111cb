// What a model is made of: its layers with their shapes, parameters and work, what they sum up to,
// the memory they need, and what each device has for its operators. `convoy inspect` prints it.
//
//   CONVOY_ASSIGN_OR_RETURN(const ModelFiles files, ReadModelFiles(source, 8));
//   CONVOY_ASSIGN_OR_RETURN(const ModelSummary summary, SummarizeModel(files, {.batch = 8}));
//
// A model that cannot run has a summary, too: the nodes in its way instead of the layers. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/plan/plan.h"
#include "models/inspect/model_plan.h"
#include "models/model_files.h"

namespace convoy::models {

// Of one step of the plan.
struct LayerSummary {
  int64_t parameters = 0;  // elements of its FP32 constants
  double flops = 0;        // one multiply-add counts as two
  std::string cpu;         // "onednn" or "reference": what the cpu device runs
  std::string vulkan;      // "own shaders", or why there is none
};

// What the devices have for all layers of one operator. `cpu` is "onednn", "reference" or both.
struct OperatorCoverage {
  std::string op;
  int64_t layers = 0;
  std::string cpu;
  std::string vulkan;
};

// Nodes of one operator that Convoy refuses for one reason.
struct UnsupportedNodes {
  std::string op_type;  // of the file, with the domain in front where it is not the default one
  int64_t count = 0;
  std::string first_node;
  std::string reason;
};

struct ModelSummary {
  std::vector<compute::TensorSpec> inputs;  // shapes of the batch asked for
  absl::Status status;                      // why the model cannot run; OK when it can

  // Of a model that can run:
  compute::Plan plan;
  std::vector<LayerSummary> layers;  // one a step of the plan
  std::vector<OperatorCoverage> coverage;
  int64_t parameters = 0;        // weights that layers share count once
  int64_t weight_bytes = 0;      // of all constants
  double flops = 0;              // of one run of the batch
  int64_t activation_bytes = 0;  // values that steps compute, as placed in one arena
  int64_t peak_bytes = 0;        // the most of them alive at one step: the arena's lower bound

  // Of a model that cannot: every node in its way that can be told, in the order of the file. Empty
  // when it is not a node that is in the way.
  std::vector<UnsupportedNodes> unsupported;
};

// INVALID_ARGUMENT when the request does not fit the model.
absl::StatusOr<ModelSummary> SummarizeModel(const ModelFiles& files, const PlanRequest& request);

// The nodes of the file that Convoy refuses at these input shapes, by operator and reason.
std::vector<UnsupportedNodes> FindUnsupported(const OnnxModel& onnx,
                                              const std::vector<compute::Shape>& shapes);

// The graph for Graphviz: one box a layer, an arrow from each layer to those that read it.
std::string ToDot(const compute::Plan& plan);

}  // namespace convoy::models
