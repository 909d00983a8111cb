// What an importer function sees of the ONNX node it turns into graph nodes: typed attributes,
// resolved inputs, integer arguments that must be constants, and the graph to append to.
//
//   absl::Status ImportLeakyRelu(NodeImport& node) {
//     const float alpha = node.Float("alpha", 0.01F);
//     return node.Finish(ActivationParams{ActivationKind::kLeakyRelu, alpha}, {node.input(0)});
//   }
//
// An attribute of the wrong type counts as its default and is reported by attribute_status(), which
// the walk in onnx_import.cc checks. Lives while one node is imported.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/base/status.h"
#include "models/graph/graph.h"
#include "onnx/onnx.pb.h"

namespace convoy::models {

inline constexpr ValueId kNoValue = -1;

// Bytes that the nodes of one graph may make constants of, shape arithmetic and fillings together.
inline constexpr int64_t kMaxMadeBytes = int64_t{2} << 30;

class NodeImport {
 public:
  // `inputs` has kNoValue where an optional input is left out; `constant_budget` is in bytes and
  // shared by all nodes of the graph.
  NodeImport(const onnx::NodeProto& proto, std::string name, int opset, std::vector<ValueId> inputs,
             Graph& graph, int64_t& constant_budget);

  const std::string& op_type() const { return proto_.op_type(); }
  int opset() const { return opset_; }

  bool has_input(int i) const;
  ValueId input(int i) const { return inputs_[static_cast<size_t>(i)]; }
  const std::vector<ValueId>& inputs() const { return inputs_; }
  compute::Shape shape(int i) const { return spec_of(input(i)).shape; }
  compute::TensorSpec spec_of(ValueId id) const { return graph_.values[id].spec; }
  // Null when the input is computed.
  const compute::HostTensor* constant(int i) const;
  const compute::HostTensor* constant_of(ValueId id) const {
    return graph_.values[id].constant.get();
  }

  bool Has(std::string_view attribute) const { return Find(attribute) != nullptr; }
  int64_t Int(std::string_view attribute, int64_t fallback);
  float Float(std::string_view attribute, float fallback);
  std::string String(std::string_view attribute, std::string_view fallback);
  std::vector<int64_t> Ints(std::string_view attribute);
  std::vector<float> Floats(std::string_view attribute);
  const onnx::TensorProto* Tensor(std::string_view attribute);  // null when left out
  const absl::Status& attribute_status() const { return attribute_status_; }

  // The values of an input that must be a constant of integers, or of one or more floats.
  absl::StatusOr<std::vector<int64_t>> ConstantInts(int i) const;
  absl::StatusOr<std::vector<float>> ConstantFloats(int i) const;
  absl::StatusOr<float> ConstantScalar(int i, float fallback) const;

  int output_count() const { return proto_.output_size(); }
  // True when the node names its output i, so that somebody may read it.
  bool has_output(int i) const;

  // Appends a node with an intermediate result. A node whose inputs are all constants is computed
  // at once where that is little work: its result is a constant, so that shapes and other arguments
  // may be computed by any operators.
  absl::StatusOr<ValueId> Add(compute::OpParams op, std::vector<ValueId> inputs);
  // The same for an operator with several outputs.
  absl::StatusOr<std::vector<ValueId>> AddAll(compute::OpParams op, std::vector<ValueId> inputs);
  // A constant that the import makes up: a scale, a table of indices.
  ValueId AddConstant(compute::HostTensor tensor);
  // A tensor without elements is a constant, whatever it is made from, and no operator takes it:
  // the importer functions that meet one in shape arithmetic leave it out or pass it on.
  ValueId AddEmpty(compute::DType dtype, const compute::Shape& shape);
  // One number of rank 0; integers take their nearest value.
  ValueId AddScalar(compute::DType dtype, double value);

  // Each of these ends the import of the node. Outputs that the node names beyond those given here
  // are not computed: reading one is an error.
  absl::Status Finish(compute::OpParams op, std::vector<ValueId> inputs);
  absl::Status FinishAll(compute::OpParams op, std::vector<ValueId> inputs);
  // Output 0 is a value that exists already.
  absl::Status Alias(ValueId value);
  absl::Status FinishValues(std::vector<ValueId> values);
  absl::Status FinishConstant(compute::HostTensor tensor);
  absl::Status FinishEmpty(compute::DType dtype, const compute::Shape& shape);
  // Memory for FinishConstant, within the budget: a few bytes of a file must not ask for much.
  absl::StatusOr<compute::HostTensor> MakeConstant(const compute::TensorSpec& spec);

  // What the outputs became, in order; empty until one of those above.
  const std::vector<ValueId>& results() const { return results_; }

 private:
  const onnx::AttributeProto* Find(std::string_view attribute) const;
  // The attribute when it is there and of this type.
  const onnx::AttributeProto* Typed(std::string_view attribute,
                                    onnx::AttributeProto::AttributeType type);
  absl::StatusOr<std::vector<ValueId>> Append(compute::OpParams op, std::vector<ValueId> inputs,
                                              std::vector<std::string> output_names);
  std::string IntermediateName();
  size_t OutputCount(const compute::OpParams& op, const std::vector<ValueId>& inputs) const;
  // Makes constants of the outputs of the last node where its inputs are constants.
  void FoldLastNode();

  const onnx::NodeProto& proto_;
  std::string name_;
  int opset_;
  std::vector<ValueId> inputs_;
  Graph& graph_;
  int64_t& constant_budget_;
  absl::Status attribute_status_;
  int intermediates_ = 0;
  std::vector<ValueId> results_;
};

// `axis` counted from the front; INVALID_ARGUMENT unless -rank <= axis < rank.
absl::StatusOr<int> ResolveAxis(int64_t axis, int rank);

// INT64 values of this shape, or a list of them.
compute::HostTensor IntegerTensor(const std::vector<int64_t>& values, const compute::Shape& shape);
compute::HostTensor IntegerTensor(const std::vector<int64_t>& values);

// ONNX's own operators. "ai.onnx" is another spelling of it.
inline constexpr std::string_view kDefaultDomain = "";
// Operators that ONNX lacks, for models that are written for Convoy.
inline constexpr std::string_view kConvoyDomain = "ai.convoy";
// What PyTorch's exporter writes for functions without an ONNX operator.
inline constexpr std::string_view kAtenDomain = "org.pytorch.aten";

// One supported operator. The first `min_inputs` inputs are present when `import` is called.
struct ImportRule {
  std::string_view op_type;
  int min_inputs;
  int max_inputs;
  absl::Status (*import)(NodeImport& node);
  std::string_view domain = kDefaultDomain;
};
inline constexpr int kAnyCount = 1 << 20;

// One table a family, each in the file of that name.
std::span<const ImportRule> ConvRules();
std::span<const ImportRule> PoolRules();
std::span<const ImportRule> NormRules();
std::span<const ImportRule> ActivationRules();
std::span<const ImportRule> ElementwiseRules();
std::span<const ImportRule> QuantizeRules();
std::span<const ImportRule> IntegerProductRules();
std::span<const ImportRule> GemmRules();
std::span<const ImportRule> ReduceRules();
std::span<const ImportRule> MoveRules();
std::span<const ImportRule> SliceRules();
std::span<const ImportRule> GatherRules();
std::span<const ImportRule> PositionRules();
std::span<const ImportRule> EinsumRules();
std::span<const ImportRule> ReshapeRules();
std::span<const ImportRule> ResizeRules();
std::span<const ImportRule> SampleRules();
std::span<const ImportRule> NonMaxSuppressionRules();
std::span<const ImportRule> ConstantRules();

struct ImportFamily {
  std::string_view file;  // where its importer functions are, of this folder
  std::span<const ImportRule> rules;
};
std::vector<ImportFamily> AllRules();

}  // namespace convoy::models
