#include "models/graph/graph.h"

#include <utility>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

using compute::HostTensor;
using compute::TensorSpec;
using compute::TensorSpecs;

bool InRange(const Graph& graph, ValueId id) {
  return id >= 0 && static_cast<size_t>(id) < graph.values.size();
}

TensorSpecs SpecsOf(const Graph& graph, const std::vector<ValueId>& ids) {
  TensorSpecs specs;
  for (const ValueId id : ids) specs.push_back(graph.values[id].spec);
  return specs;
}

// What is known before the first node runs.
absl::StatusOr<std::vector<bool>> KnownAtStart(const Graph& graph) {
  std::vector<bool> known(graph.values.size());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    known[i] = value.constant != nullptr;
    if (known[i] && value.constant->spec() != value.spec) {
      return absl::InternalError(absl::StrFormat("constant '%s' is %s but declared as %s",
                                                 value.name, value.constant->spec().ToString(),
                                                 value.spec.ToString()));
    }
  }
  for (const ValueId id : graph.inputs) {
    if (!InRange(graph, id)) return absl::InternalError("a graph input is out of range");
    known[id] = true;
  }
  return known;
}

absl::Status VerifyNode(const Graph& graph, const Node& node, std::vector<bool>& known) {
  const auto problem = [&](std::string what) {
    return absl::InternalError(
        absl::StrFormat("%s node '%s' %s", OpName(node.op), node.name, what));
  };
  for (const ValueId id : node.inputs) {
    if (!InRange(graph, id)) return problem("reads a value that is out of range");
    if (!known[id]) {
      return problem(absl::StrFormat("reads value '%s' before it is made", graph.values[id].name));
    }
  }
  const auto specs = InferShapes(node.op, SpecsOf(graph, node.inputs));
  if (!specs.ok()) return problem(absl::StrFormat("is invalid: %s", specs.status().message()));
  if (specs->size() != node.outputs.size()) return problem("has the wrong number of outputs");
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId id = node.outputs[i];
    if (!InRange(graph, id)) return problem("writes a value that is out of range");
    const Value& value = graph.values[id];
    if (known[id]) return problem(absl::StrFormat("writes value '%s' once more", value.name));
    if (value.spec != (*specs)[i]) {
      return problem(absl::StrFormat("makes %s where value '%s' is %s", (*specs)[i].ToString(),
                                     value.name, value.spec.ToString()));
    }
    known[id] = true;
  }
  return absl::OkStatus();
}

std::string Reference(const Graph& graph, ValueId id) {
  const Value& value = graph.values[id];
  if (value.constant == nullptr) return absl::StrFormat("%%%s", value.name);
  return absl::StrFormat("%%%s:const[%s]", value.name, value.spec.shape.ToString());
}

std::string References(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string text;
  for (const ValueId id : ids) {
    if (!text.empty()) text += ", ";
    text += Reference(graph, id);
  }
  return text;
}

}  // namespace

ValueId Graph::AddValue(std::string value_name, TensorSpec spec) {
  values.push_back({std::move(value_name), std::move(spec), nullptr});
  return static_cast<ValueId>(values.size()) - 1;
}

ValueId Graph::AddConstant(std::string value_name, HostTensor tensor) {
  return AddConstant(std::move(value_name), std::make_shared<const HostTensor>(std::move(tensor)));
}

ValueId Graph::AddConstant(std::string value_name, std::shared_ptr<const HostTensor> tensor) {
  const ValueId id = AddValue(std::move(value_name), tensor->spec());
  values[id].constant = std::move(tensor);
  return id;
}

absl::StatusOr<std::vector<ValueId>> Graph::AddNode(std::string node_name, compute::OpParams op,
                                                    std::vector<ValueId> node_inputs,
                                                    std::vector<std::string> output_names) {
  CONVOY_ASSIGN_OR_RETURN(const TensorSpecs specs, InferShapes(op, SpecsOf(*this, node_inputs)));
  if (specs.size() != output_names.size()) {
    return absl::InternalError(absl::StrFormat("%s node '%s' has %d outputs, but %d names",
                                               OpName(op), node_name, specs.size(),
                                               output_names.size()));
  }
  std::vector<ValueId> made;
  for (size_t i = 0; i < specs.size(); ++i) {
    made.push_back(AddValue(std::move(output_names[i]), specs[i]));
  }
  nodes.push_back({std::move(node_name), std::move(op), std::move(node_inputs), made});
  return made;
}

absl::StatusOr<ValueId> Graph::AddNode(std::string node_name, compute::OpParams op,
                                       std::vector<ValueId> node_inputs, std::string output_name) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<ValueId> made,
                          AddNode(std::move(node_name), std::move(op), std::move(node_inputs),
                                  std::vector<std::string>{std::move(output_name)}));
  return made[0];
}

std::vector<HostTensor> EvaluateConstant(const Graph& graph, const Node& node) {
  std::vector<compute::TensorView> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(graph.values[id].constant->view());
  std::vector<HostTensor> results;
  std::vector<compute::MutableTensorView> outputs;
  for (const ValueId id : node.outputs) {
    results.emplace_back(graph.values[id].spec);
    outputs.push_back(results.back().mutable_view());
  }
  RunReference(node.op, inputs, outputs);
  return results;
}

absl::Status VerifyGraph(const Graph& graph) {
  CONVOY_ASSIGN_OR_RETURN(std::vector<bool> known, KnownAtStart(graph));
  for (const Node& node : graph.nodes) CONVOY_RETURN_IF_ERROR(VerifyNode(graph, node, known));
  for (const ValueId id : graph.outputs) {
    if (!InRange(graph, id) || !known[id]) {
      return absl::InternalError(
          absl::StrFormat("graph output %d of '%s' is never made", id, graph.name));
    }
  }
  return absl::OkStatus();
}

std::string ToString(const Graph& graph) {
  std::string text;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[id];
    absl::StrAppendFormat(&text, "input %%%s: %s\n", value.name, value.spec.ToString());
  }
  for (const Node& node : graph.nodes) {
    std::string outputs;
    std::string specs;
    for (const ValueId id : node.outputs) {
      absl::StrAppendFormat(&outputs, "%s%%%s", outputs.empty() ? "" : ", ", graph.values[id].name);
      absl::StrAppendFormat(&specs, "%s%s", specs.empty() ? "" : ", ",
                            graph.values[id].spec.ToString());
    }
    const std::string attributes = AttributesOf(node.op);
    absl::StrAppendFormat(&text, "%s = %s(%s)%s%s : %s\n", outputs, OpName(node.op),
                          References(graph, node.inputs), attributes.empty() ? "" : " ", attributes,
                          specs);
  }
  absl::StrAppendFormat(&text, "output %s\n", References(graph, graph.outputs));
  return text;
}

}  // namespace convoy::models
