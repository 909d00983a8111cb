// The walk over an ONNX graph; what each operator becomes stands in the family files beside this
// one.
#include <map>
#include <unordered_map>
#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/onnx/node_import.h"
#include "models/onnx/onnx_parts.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::Quote;
using compute::Shape;
using compute::WithContext;

const ImportRule* FindRule(const std::string& op_type) {
  static const auto* const rules = [] {
    auto* map = new std::map<std::string_view, const ImportRule*>();
    for (const auto family :
         {ConvRules(), PoolRules(), NormRules(), ElementwiseRules(), GemmRules(), ReduceRules(),
          MoveRules(), SliceRules(), ReshapeRules(), ResizeRules(), ConstantRules()}) {
      for (const ImportRule& rule : family) map->emplace(rule.op_type, &rule);
    }
    return map;
  }();
  const auto found = rules->find(op_type);
  return found == rules->end() ? nullptr : found->second;
}

class Importer {
 public:
  explicit Importer(const OnnxParts& parts) : parts_(parts) {}

  absl::StatusOr<Graph> Run(std::span<const Shape> input_shapes) &&;

 private:
  absl::Status AddInputs(std::span<const Shape> input_shapes);
  absl::Status ImportNode(const onnx::NodeProto& proto, int index);
  absl::StatusOr<std::vector<ValueId>> ResolveInputs(const onnx::NodeProto& proto,
                                                     const ImportRule& rule) const;
  absl::StatusOr<ValueId> Lookup(const std::string& name) const;
  absl::Status BindOutputs(const onnx::NodeProto& proto, const std::vector<ValueId>& results,
                           const std::string& where);
  // `value` as `to`: FP16 and FP64 exist outside of the graph only.
  absl::StatusOr<ValueId> Cast(ValueId value, compute::DType to, const std::string& name);
  absl::Status Bind(const std::string& name, ValueId value);
  absl::Status AddOutputs();

  const OnnxParts& parts_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> values_;
  // Outputs beyond the first (a mask, indices): known, but not computed.
  std::unordered_map<std::string, std::string> not_computed_;
  int64_t constant_budget_ = kMaxMadeBytes;  // what nodes may still make constants of
};

absl::StatusOr<Graph> Importer::Run(std::span<const Shape> input_shapes) && {
  graph_.name = parts_.name;
  for (const auto& [name, tensor] : parts_.constants) {
    CONVOY_RETURN_IF_ERROR(Bind(name, graph_.AddConstant(name, tensor)));
  }
  CONVOY_RETURN_IF_ERROR(AddInputs(input_shapes));
  for (int i = 0; i < parts_.graph.node_size(); ++i) {
    const onnx::NodeProto& proto = parts_.graph.node(i);
    if (proto.op_type().empty() && proto.output_size() == 0) continue;  // taken by the parser
    CONVOY_RETURN_IF_ERROR(ImportNode(proto, i));
  }
  CONVOY_RETURN_IF_ERROR(AddOutputs());
  return std::move(graph_);
}

absl::Status Importer::AddInputs(std::span<const Shape> input_shapes) {
  if (input_shapes.size() != parts_.inputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d input shapes are given where the model has %d inputs",
                        input_shapes.size(), parts_.inputs.size()));
  }
  for (size_t i = 0; i < input_shapes.size(); ++i) {
    const OnnxDeclaration& declared = parts_.inputs[i];
    const Shape& given = input_shapes[i];
    const std::string shown = Quote(declared.name);
    bool fits = !declared.has_shape || given.rank() == static_cast<int>(declared.dims.size());
    for (int axis = 0; fits && declared.has_shape && axis < given.rank(); ++axis) {
      const int64_t extent = declared.dims[static_cast<size_t>(axis)];
      fits = given[axis] > 0 && (extent == kSymbolicDim || extent == given[axis]);
    }
    if (!fits) {
      return absl::InvalidArgumentError(
          absl::StrFormat("input %s cannot take the shape %s", shown, given.ToString()));
    }
    ValueId id = graph_.AddValue(declared.name, {declared.dtype, given});
    graph_.inputs.push_back(id);
    if (compute::IsFloat(declared.dtype)) {
      CONVOY_ASSIGN_OR_RETURN(id, Cast(id, DType::kFloat32, declared.name + "/fp32"));
    }
    CONVOY_RETURN_IF_ERROR(Bind(declared.name, id));
  }
  return absl::OkStatus();
}

absl::StatusOr<ValueId> Importer::Cast(ValueId value, DType to, const std::string& name) {
  if (graph_.values[value].spec.dtype == to) return value;
  return graph_.AddNode(name, compute::CastParams{to}, {value}, name);
}

absl::Status Importer::ImportNode(const onnx::NodeProto& proto, int index) {
  const std::string op_type = Quote(proto.op_type());
  const std::string name =
      proto.name().empty() ? absl::StrFormat("%s_%d", proto.op_type(), index) : proto.name();
  const std::string where = absl::StrFormat("while importing %s node %s", op_type, Quote(name));
  if (!proto.domain().empty() && proto.domain() != "ai.onnx") {
    return absl::UnimplementedError(absl::StrFormat("operator %s of domain %s is not supported, %s",
                                                    op_type, Quote(proto.domain()), where));
  }
  if (parts_.opset == kNoDefaultOpset) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the file names no opset of the default domain, %s", where));
  }
  const ImportRule* rule = FindRule(proto.op_type());
  if (rule == nullptr) {
    return absl::UnimplementedError(
        absl::StrFormat("operator %s of the default domain is not supported, %s", op_type, where));
  }
  if (proto.output_size() == 0) {
    return absl::InvalidArgumentError(absl::StrFormat("the node has no output, %s", where));
  }
  auto inputs = ResolveInputs(proto, *rule);
  if (!inputs.ok()) return WithContext(inputs.status(), where);
  NodeImport node(proto, name, parts_.opset, *std::move(inputs), graph_, constant_budget_);
  const absl::Status status = rule->import(node);
  if (!node.attribute_status().ok()) return WithContext(node.attribute_status(), where);
  if (!status.ok()) return WithContext(status, where);
  return WithContext(BindOutputs(proto, node.results(), where), where);
}

absl::Status Importer::BindOutputs(const onnx::NodeProto& proto,
                                   const std::vector<ValueId>& results, const std::string& where) {
  for (int i = 0; i < proto.output_size(); ++i) {
    const std::string& name = proto.output(i);
    if (name.empty() && i > 0) continue;
    if (static_cast<size_t>(i) < results.size()) {
      CONVOY_RETURN_IF_ERROR(Bind(name, results[static_cast<size_t>(i)]));
    } else {
      not_computed_[name] = where;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ValueId>> Importer::ResolveInputs(const onnx::NodeProto& proto,
                                                             const ImportRule& rule) const {
  int count = proto.input_size();
  while (count > 0 && proto.input(count - 1).empty()) --count;
  if (count < rule.min_inputs || count > rule.max_inputs) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the node has %d inputs where %d to %d are asked for", count,
                        rule.min_inputs, rule.max_inputs));
  }
  std::vector<ValueId> inputs;
  for (int i = 0; i < count; ++i) {
    if (proto.input(i).empty() && i >= rule.min_inputs && rule.max_inputs != kAnyCount) {
      inputs.push_back(kNoValue);
      continue;
    }
    CONVOY_ASSIGN_OR_RETURN(const ValueId id, Lookup(proto.input(i)));
    inputs.push_back(id);
  }
  return inputs;
}

absl::StatusOr<ValueId> Importer::Lookup(const std::string& name) const {
  if (const auto found = values_.find(name); found != values_.end()) return found->second;
  if (const auto found = not_computed_.find(name); found != not_computed_.end()) {
    return absl::UnimplementedError(
        absl::StrFormat("value %s is a further output that Convoy does not compute, made %s",
                        Quote(name), found->second));
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "value %s is read, but no input, initializer or earlier node gives it", Quote(name)));
}

absl::Status Importer::Bind(const std::string& name, ValueId value) {
  if (name.empty() || !values_.emplace(name, value).second) {
    return absl::InvalidArgumentError(
        absl::StrFormat("value %s is made twice or has no name", Quote(name)));
  }
  return absl::OkStatus();
}

absl::Status Importer::AddOutputs() {
  for (const OnnxDeclaration& declared : parts_.outputs) {
    const auto id = Lookup(declared.name);
    if (!id.ok()) return WithContext(id.status(), "as an output of the graph");
    const DType made = graph_.values[*id].spec.dtype;
    if (made != declared.dtype && !(compute::IsFloat(made) && compute::IsFloat(declared.dtype))) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "output %s is declared as %s, but the graph makes %s", Quote(declared.name),
          compute::NameOf(declared.dtype), compute::NameOf(made)));
    }
    const std::string name = absl::StrFormat("%s/%s", declared.name, compute::NameOf(made));
    CONVOY_ASSIGN_OR_RETURN(const ValueId output, Cast(*id, declared.dtype, name));
    graph_.outputs.push_back(output);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Graph> ImportOnnx(const OnnxParts& parts, std::span<const Shape> input_shapes) {
  return Importer(parts).Run(input_shapes);
}

}  // namespace convoy::models
