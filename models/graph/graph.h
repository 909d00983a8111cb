// The graph of a model: values and nodes whose attributes are the compute operators' parameters.
// Every shape is concrete (a graph is made for one set of input shapes), so shape arithmetic is
// already folded when it exists.
//
// Made by models/onnx, rewritten by models/passes, turned into a Plan by models/lower. Not
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/ops/op.h"
#include "compute/tensor/tensor.h"

namespace convoy::models {

using ValueId = int;  // index into Graph::values

struct Value {
  std::string name;
  compute::TensorSpec spec;
  std::shared_ptr<const compute::HostTensor> constant;  // null unless known before the run
};

struct Node {
  std::string name;
  compute::OpParams op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;  // topological order
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

  ValueId AddValue(std::string value_name, compute::TensorSpec spec);
  ValueId AddConstant(std::string value_name, compute::HostTensor tensor);
  // Shares the tensor, so that the graphs of all buckets hold a model's weights once.
  ValueId AddConstant(std::string value_name, std::shared_ptr<const compute::HostTensor> tensor);
  // Appends a node with new output values, their specs from InferShapes. INTERNAL unless there is
  // a name for each output of the operator.
  absl::StatusOr<std::vector<ValueId>> AddNode(std::string node_name, compute::OpParams op,
                                               std::vector<ValueId> node_inputs,
                                               std::vector<std::string> output_names);
  // The same for an operator with one output.
  absl::StatusOr<ValueId> AddNode(std::string node_name, compute::OpParams op,
                                  std::vector<ValueId> node_inputs, std::string output_name);
};

// The outputs of a node whose inputs are all constants, by the reference kernel.
std::vector<compute::HostTensor> EvaluateConstant(const Graph& graph, const Node& node);

// Indices in range, single assignment, topological order, specs as InferShapes gives them. Run
// after every pass; INTERNAL.
absl::Status VerifyGraph(const Graph& graph);

// Stable text, one line a node, used by golden tests and `convoy inspect`.
std::string ToString(const Graph& graph);

}  // namespace convoy::models
