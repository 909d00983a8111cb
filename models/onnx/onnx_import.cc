// The walk over an ONNX graph; what each operator becomes stands in the family files beside this
// one.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/onnx/node_import.h"
#include "models/onnx/onnx_parts.h"
#include "models/onnx/out_of_scope.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::Quote;
using compute::Shape;
using compute::WithContext;

std::string_view DomainOf(const onnx::NodeProto& proto) {
  return proto.domain() == "ai.onnx" ? kDefaultDomain : std::string_view(proto.domain());
}

const ImportRule* FindRule(std::string_view domain, std::string_view op_type) {
  using Key = std::pair<std::string_view, std::string_view>;
  static const auto* const rules = [] {
    auto* map = new std::map<Key, const ImportRule*>();
    for (const ImportFamily& family : AllRules()) {
      for (const ImportRule& rule : family.rules)
        map->emplace(Key(rule.domain, rule.op_type), &rule);
    }
    return map;
  }();
  const auto found = rules->find(Key(domain, op_type));
  return found == rules->end() ? nullptr : found->second;
}

// The parser clears the Constant nodes whose tensors it takes.
bool TakenByParser(const onnx::NodeProto& proto) {
  return proto.op_type().empty() && proto.output_size() == 0;
}

std::string NameOfNode(const onnx::NodeProto& proto, int index) {
  return proto.name().empty() ? absl::StrFormat("%s_%d", proto.op_type(), index) : proto.name();
}

std::string WhereIs(const onnx::NodeProto& proto, const std::string& name) {
  return absl::StrFormat("while importing %s node %s", Quote(proto.op_type()), Quote(name));
}

class Importer {
 public:
  explicit Importer(const OnnxParts& parts) : parts_(parts) {}

  absl::StatusOr<Graph> Run(std::span<const Shape> input_shapes) &&;
  std::vector<NodeFault> FindFaults(std::span<const Shape> input_shapes) &&;

 private:
  absl::Status AddConstants();
  absl::Status AddInputs(std::span<const Shape> input_shapes);
  // Errors leave out which node it is: WhereIs says it.
  absl::Status ImportNode(const onnx::NodeProto& proto, const std::string& name);
  absl::StatusOr<const ImportRule*> RuleFor(const onnx::NodeProto& proto) const;
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
  CONVOY_RETURN_IF_ERROR(AddConstants());
  CONVOY_RETURN_IF_ERROR(AddInputs(input_shapes));
  for (int i = 0; i < parts_.graph.node_size(); ++i) {
    const onnx::NodeProto& proto = parts_.graph.node(i);
    if (TakenByParser(proto)) continue;
    const std::string name = NameOfNode(proto, i);
    CONVOY_RETURN_IF_ERROR(WithContext(ImportNode(proto, name), WhereIs(proto, name)));
  }
  CONVOY_RETURN_IF_ERROR(AddOutputs());
  return std::move(graph_);
}

// Goes on behind a fault. What depends on it has no shape, so that of those nodes no more than the
// operator can be judged.
std::vector<NodeFault> Importer::FindFaults(std::span<const Shape> input_shapes) && {
  std::vector<NodeFault> faults;
  std::unordered_set<std::string> unknown;
  if (!AddConstants().ok()) return faults;
  if (!AddInputs(input_shapes).ok()) {
    for (const OnnxDeclaration& input : parts_.inputs) unknown.insert(input.name);
  }
  for (int i = 0; i < parts_.graph.node_size(); ++i) {
    const onnx::NodeProto& proto = parts_.graph.node(i);
    if (TakenByParser(proto)) continue;
    const std::string name = NameOfNode(proto, i);
    const bool blind = std::any_of(proto.input().begin(), proto.input().end(),
                                   [&](const std::string& in) { return unknown.contains(in); });
    const absl::Status status = blind ? RuleFor(proto).status() : ImportNode(proto, name);
    if (!status.ok()) {
      const std::string domain = DomainOf(proto).empty() ? "" : proto.domain() + ".";
      faults.push_back({domain + proto.op_type(), name, status});
    }
    if (blind || !status.ok()) unknown.insert(proto.output().begin(), proto.output().end());
    unknown.erase("");  // the name of what is left out
  }
  return faults;
}

absl::Status Importer::AddConstants() {
  for (const auto& [name, tensor] : parts_.constants) {
    CONVOY_RETURN_IF_ERROR(Bind(name, graph_.AddConstant(name, tensor)));
  }
  return absl::OkStatus();
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

absl::StatusOr<const ImportRule*> Importer::RuleFor(const onnx::NodeProto& proto) const {
  const std::string op_type = Quote(proto.op_type());
  const std::string_view reason = ReasonOutOfScope(proto.domain(), proto.op_type());
  if (!reason.empty()) {
    return absl::UnimplementedError(
        absl::StrFormat("operator %s is not supported: %s", op_type, reason));
  }
  const std::string_view domain = DomainOf(proto);
  const bool is_default = domain == kDefaultDomain;
  if (is_default && parts_.opset == kNoDefaultOpset) {
    return absl::InvalidArgumentError("the file names no opset of the default domain");
  }
  const ImportRule* rule = FindRule(domain, proto.op_type());
  if (rule != nullptr) return rule;
  return absl::UnimplementedError(
      absl::StrFormat("operator %s of %s is not supported", op_type,
                      is_default ? "the default domain" : "domain " + Quote(proto.domain())));
}

absl::Status Importer::ImportNode(const onnx::NodeProto& proto, const std::string& name) {
  CONVOY_ASSIGN_OR_RETURN(const ImportRule* rule, RuleFor(proto));
  if (proto.output_size() == 0) return absl::InvalidArgumentError("the node has no output");
  CONVOY_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, ResolveInputs(proto, *rule));
  NodeImport node(proto, name, parts_.opset, std::move(inputs), graph_, constant_budget_);
  const absl::Status status = rule->import(node);
  CONVOY_RETURN_IF_ERROR(node.attribute_status());
  CONVOY_RETURN_IF_ERROR(status);
  return BindOutputs(proto, node.results(), WhereIs(proto, name));
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

std::vector<ImportFamily> AllRules() {
  return {
      {"conv.cc", ConvRules()},
      {"pool.cc", PoolRules()},
      {"norm.cc", NormRules()},
      {"activation.cc", ActivationRules()},
      {"elementwise.cc", ElementwiseRules()},
      {"quantize.cc", QuantizeRules()},
      {"integer_products.cc", IntegerProductRules()},
      {"gemm.cc", GemmRules()},
      {"einsum.cc", EinsumRules()},
      {"reduce.cc", ReduceRules()},
      {"move.cc", MoveRules()},
      {"slice.cc", SliceRules()},
      {"gather.cc", GatherRules()},
      {"positions.cc", PositionRules()},
      {"reshape.cc", ReshapeRules()},
      {"resize.cc", ResizeRules()},
      {"sample.cc", SampleRules()},
      {"non_max_suppression.cc", NonMaxSuppressionRules()},
      {"constants.cc", ConstantRules()},
  };
}

absl::StatusOr<Graph> ImportOnnx(const OnnxParts& parts, std::span<const Shape> input_shapes) {
  return Importer(parts).Run(input_shapes);
}

std::vector<NodeFault> FindImportFaults(const OnnxParts& parts,
                                        std::span<const Shape> input_shapes) {
  return Importer(parts).FindFaults(input_shapes);
}

}  // namespace convoy::models
