#include "models/onnx/node_import.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "compute/base/checked.h"
#include "compute/ops/elements.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::HostTensor;

template <typename To, typename From>
std::vector<To> Convert(const HostTensor& tensor) {
  const std::span<const From> from = tensor.data<From>();
  return std::vector<To>(from.begin(), from.end());
}

// Far more than any shape, axis list or scale list needs.
constexpr int64_t kMaxArgumentElements = 1024;

// What is computed while importing: shape arithmetic and small tables. The pass fold_constants does
// the rest.
constexpr int64_t kMaxFoldedElements = int64_t{1} << 16;
constexpr double kMaxFoldedFlops = 1e7;

}  // namespace

NodeImport::NodeImport(const onnx::NodeProto& proto, std::string name, int opset,
                       std::vector<ValueId> inputs, Graph& graph, int64_t& constant_budget)
    : proto_(proto),
      name_(std::move(name)),
      opset_(opset),
      inputs_(std::move(inputs)),
      graph_(graph),
      constant_budget_(constant_budget) {}

bool NodeImport::has_input(int i) const {
  return static_cast<size_t>(i) < inputs_.size() && input(i) != kNoValue;
}

const HostTensor* NodeImport::constant(int i) const {
  return has_input(i) ? constant_of(input(i)) : nullptr;
}

const onnx::AttributeProto* NodeImport::Find(std::string_view attribute) const {
  for (const onnx::AttributeProto& candidate : proto_.attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

const onnx::AttributeProto* NodeImport::Typed(std::string_view attribute,
                                              onnx::AttributeProto::AttributeType type) {
  const onnx::AttributeProto* found = Find(attribute);
  if (found == nullptr || found->type() == type) return found;
  if (attribute_status_.ok()) {
    attribute_status_ = absl::InvalidArgumentError(absl::StrFormat(
        "attribute '%s' has type %d where %d is asked for", attribute, found->type(), type));
  }
  return nullptr;
}

int64_t NodeImport::Int(std::string_view attribute, int64_t fallback) {
  const onnx::AttributeProto* found = Typed(attribute, onnx::AttributeProto::INT);
  return found == nullptr ? fallback : found->i();
}

float NodeImport::Float(std::string_view attribute, float fallback) {
  const onnx::AttributeProto* found = Typed(attribute, onnx::AttributeProto::FLOAT);
  return found == nullptr ? fallback : found->f();
}

std::string NodeImport::String(std::string_view attribute, std::string_view fallback) {
  const onnx::AttributeProto* found = Typed(attribute, onnx::AttributeProto::STRING);
  return found == nullptr ? std::string(fallback) : found->s();
}

std::vector<int64_t> NodeImport::Ints(std::string_view attribute) {
  const onnx::AttributeProto* found = Typed(attribute, onnx::AttributeProto::INTS);
  if (found == nullptr) return {};
  return {found->ints().begin(), found->ints().end()};
}

std::vector<float> NodeImport::Floats(std::string_view attribute) {
  const onnx::AttributeProto* found = Typed(attribute, onnx::AttributeProto::FLOATS);
  if (found == nullptr) return {};
  return {found->floats().begin(), found->floats().end()};
}

const onnx::TensorProto* NodeImport::Tensor(std::string_view attribute) {
  const onnx::AttributeProto* found = Typed(attribute, onnx::AttributeProto::TENSOR);
  return found == nullptr ? nullptr : &found->t();
}

absl::StatusOr<std::vector<int64_t>> NodeImport::ConstantInts(int i) const {
  const HostTensor* tensor = constant(i);
  if (tensor == nullptr) {
    return absl::UnimplementedError(
        absl::StrFormat("input %d must be a constant: it decides about shapes", i));
  }
  if (tensor->spec().shape.rank() > 1 || tensor->spec().elements() > kMaxArgumentElements) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "input %d is %s where a list of integers is asked for", i, tensor->spec().ToString()));
  }
  if (tensor->spec().dtype == DType::kInt64) return Convert<int64_t, int64_t>(*tensor);
  if (tensor->spec().dtype == DType::kInt32) return Convert<int64_t, int32_t>(*tensor);
  return absl::InvalidArgumentError(
      absl::StrFormat("input %d is %s where integers are asked for", i, tensor->spec().ToString()));
}

absl::StatusOr<std::vector<float>> NodeImport::ConstantFloats(int i) const {
  const HostTensor* tensor = constant(i);
  if (tensor == nullptr) {
    return absl::UnimplementedError(absl::StrFormat("input %d must be a constant", i));
  }
  if (tensor->spec().shape.rank() > 1 || tensor->spec().elements() > kMaxArgumentElements) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "input %d is %s where a list of numbers is asked for", i, tensor->spec().ToString()));
  }
  return compute::ReadElements<float>(tensor->view());
}

absl::StatusOr<float> NodeImport::ConstantScalar(int i, float fallback) const {
  if (!has_input(i)) return fallback;
  CONVOY_ASSIGN_OR_RETURN(const std::vector<float> values, ConstantFloats(i));
  if (values.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %d has %d values where one is asked for", i, values.size()));
  }
  return values[0];
}

bool NodeImport::has_output(int i) const {
  return i < proto_.output_size() && !proto_.output(i).empty();
}

absl::StatusOr<std::vector<ValueId>> NodeImport::Append(compute::OpParams op,
                                                        std::vector<ValueId> inputs,
                                                        std::vector<std::string> output_names) {
  CONVOY_ASSIGN_OR_RETURN(
      std::vector<ValueId> outputs,
      graph_.AddNode(name_, std::move(op), std::move(inputs), std::move(output_names)));
  for (const ValueId output : outputs) {
    const compute::Shape shape = spec_of(output).shape;
    if (shape.elements() == 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("the result has no elements: its shape is %s", shape.ToString()));
    }
  }
  FoldLastNode();
  return outputs;
}

void NodeImport::FoldLastNode() {
  const Node& node = graph_.nodes.back();
  compute::TensorSpecs inputs;
  for (const ValueId id : node.inputs) {
    if (graph_.values[id].constant == nullptr) return;
    inputs.push_back(spec_of(id));
  }
  compute::TensorSpecs outputs;
  int64_t elements = 0;
  for (const ValueId id : node.outputs) {
    outputs.push_back(spec_of(id));
    elements += outputs.back().elements();
  }
  if (elements > kMaxFoldedElements || elements * 8 > constant_budget_) return;
  if (EstimateCost(node.op, inputs, outputs).flops > kMaxFoldedFlops) return;
  constant_budget_ -= elements * 8;
  std::vector<HostTensor> results = EvaluateConstant(graph_, node);
  for (size_t i = 0; i < results.size(); ++i) {
    graph_.values[node.outputs[i]].constant =
        std::make_shared<const HostTensor>(std::move(results[i]));
  }
  graph_.nodes.pop_back();
}

std::string NodeImport::IntermediateName() {
  return absl::StrFormat("%s/%d", proto_.output(0), ++intermediates_);
}

absl::StatusOr<ValueId> NodeImport::Add(compute::OpParams op, std::vector<ValueId> inputs) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<ValueId> outputs,
                          Append(std::move(op), std::move(inputs), {IntermediateName()}));
  return outputs[0];
}

absl::StatusOr<std::vector<ValueId>> NodeImport::AddAll(compute::OpParams op,
                                                        std::vector<ValueId> inputs) {
  std::vector<std::string> names(OutputCount(op, inputs));
  for (std::string& name : names) name = IntermediateName();
  return Append(std::move(op), std::move(inputs), std::move(names));
}

ValueId NodeImport::AddConstant(HostTensor tensor) {
  return graph_.AddConstant(IntermediateName(), std::move(tensor));
}

ValueId NodeImport::AddEmpty(compute::DType dtype, const compute::Shape& shape) {
  return AddConstant(HostTensor(compute::TensorSpec{dtype, shape}));
}

ValueId NodeImport::AddScalar(DType dtype, double value) {
  HostTensor tensor(compute::TensorSpec{dtype, {}});
  compute::WriteElements(std::vector<double>{value}, tensor.mutable_view());
  return AddConstant(std::move(tensor));
}

absl::Status NodeImport::Finish(compute::OpParams op, std::vector<ValueId> inputs) {
  CONVOY_ASSIGN_OR_RETURN(results_, Append(std::move(op), std::move(inputs), {proto_.output(0)}));
  return absl::OkStatus();
}

absl::Status NodeImport::FinishAll(compute::OpParams op, std::vector<ValueId> inputs) {
  std::vector<std::string> names(OutputCount(op, inputs));
  for (size_t i = 0; i < names.size(); ++i) {
    const int at = static_cast<int>(i);
    names[i] = has_output(at) ? proto_.output(at) : IntermediateName();
  }
  CONVOY_ASSIGN_OR_RETURN(results_, Append(std::move(op), std::move(inputs), std::move(names)));
  return absl::OkStatus();
}

absl::Status NodeImport::Alias(ValueId value) { return FinishValues({value}); }

absl::Status NodeImport::FinishValues(std::vector<ValueId> values) {
  results_ = std::move(values);
  return absl::OkStatus();
}

absl::Status NodeImport::FinishConstant(HostTensor tensor) {
  return FinishValues({graph_.AddConstant(proto_.output(0), std::move(tensor))});
}

absl::Status NodeImport::FinishEmpty(compute::DType dtype, const compute::Shape& shape) {
  return FinishConstant(HostTensor(compute::TensorSpec{dtype, shape}));
}

size_t NodeImport::OutputCount(const compute::OpParams& op,
                               const std::vector<ValueId>& inputs) const {
  compute::TensorSpecs specs;
  for (const ValueId id : inputs) specs.push_back(spec_of(id));
  const auto outputs = InferShapes(op, specs);
  return outputs.ok() ? outputs->size() : 1;  // AddNode reports the error
}

absl::StatusOr<HostTensor> NodeImport::MakeConstant(const compute::TensorSpec& spec) {
  const std::optional<int64_t> elements = compute::CheckedProduct(spec.shape.dims());
  if (!elements.has_value() || *elements > constant_budget_ / compute::SizeOf(spec.dtype)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "a constant of shape %s goes beyond the %d bytes that nodes may make constants of",
        spec.shape.ToString(), kMaxMadeBytes));
  }
  constant_budget_ -= *elements * compute::SizeOf(spec.dtype);
  return HostTensor(spec);
}

HostTensor IntegerTensor(const std::vector<int64_t>& values, const compute::Shape& shape) {
  HostTensor tensor(compute::TensorSpec{DType::kInt64, shape});
  std::copy(values.begin(), values.end(), tensor.mutable_data<int64_t>().begin());
  return tensor;
}

HostTensor IntegerTensor(const std::vector<int64_t>& values) {
  return IntegerTensor(values, compute::Shape{static_cast<int64_t>(values.size())});
}

absl::StatusOr<int> ResolveAxis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(
        absl::StrFormat("axis %d is outside of %d to %d, which a tensor of rank %d has", axis,
                        -rank, rank - 1, rank));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace convoy::models
