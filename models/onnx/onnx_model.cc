#include "models/onnx/onnx_model.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "models/onnx/onnx_parts.h"
#include "models/onnx/tensor_data.h"

namespace convoy::models {
namespace {

using compute::Quote;
using compute::WithContext;

// Protobuf's own limit.
constexpr int64_t kMaxFileBytes = std::numeric_limits<int32_t>::max();

bool IsDefaultDomain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

absl::StatusOr<int> OpsetOf(const onnx::ModelProto& proto) {
  for (const onnx::OperatorSetIdProto& import : proto.opset_import()) {
    if (!IsDefaultDomain(import.domain())) continue;
    if (import.version() < kMinOpset || import.version() > kMaxOpset) {
      return absl::UnimplementedError(
          absl::StrFormat("opset %d of the default domain is outside of %d to %d", import.version(),
                          kMinOpset, kMaxOpset));
    }
    return static_cast<int>(import.version());
  }
  if (proto.opset_import_size() > 0) return kNoDefaultOpset;
  return absl::InvalidArgumentError("the file names no opset");
}

absl::StatusOr<OnnxDeclaration> DeclarationOf(const onnx::ValueInfoProto& value) {
  OnnxDeclaration result;
  result.name = value.name();
  if (!value.type().has_tensor_type()) {
    return absl::UnimplementedError("it is no tensor");
  }
  const onnx::TypeProto::Tensor& type = value.type().tensor_type();
  CONVOY_ASSIGN_OR_RETURN(result.dtype, DTypeFromOnnx(type.elem_type()));
  result.has_shape = type.has_shape();
  if (type.shape().dim_size() > kMaxOnnxRank) {
    return absl::UnimplementedError(absl::StrFormat(
        "it has %d dimensions; at most %d are supported", type.shape().dim_size(), kMaxOnnxRank));
  }
  for (const onnx::TensorShapeProto::Dimension& dim : type.shape().dim()) {
    if (dim.has_dim_value() && dim.dim_value() > compute::kMaxTensorElements) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "its dimension of %d exceeds %d", dim.dim_value(), compute::kMaxTensorElements));
    }
    // Some exporters write -1 or 0 for a symbolic dimension.
    const bool fixed = dim.has_dim_value() && dim.dim_value() > 0;
    result.dims.push_back(fixed ? dim.dim_value() : kSymbolicDim);
  }
  return result;
}

absl::StatusOr<std::vector<OnnxDeclaration>> Declarations(
    const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& values, const char* kind,
    const std::set<std::string>& skip) {
  std::vector<OnnxDeclaration> result;
  std::set<std::string> names = skip;
  for (const onnx::ValueInfoProto& value : values) {
    if (skip.contains(value.name())) continue;
    const std::string what = absl::StrFormat("at %s %s", kind, Quote(value.name()));
    if (value.name().empty() || !names.insert(value.name()).second) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s %s has no name or is declared twice", kind, Quote(value.name())));
    }
    auto declaration = DeclarationOf(value);
    if (!declaration.ok()) return WithContext(declaration.status(), what);
    result.push_back(*std::move(declaration));
    if (result.size() > kMaxOnnxDeclarations) {
      return absl::UnimplementedError(
          absl::StrFormat("the graph has more than %d %ss", kMaxOnnxDeclarations, kind));
    }
  }
  return result;
}

// Decodes a tensor that is about to be freed, so that weights are held once.
absl::Status TakeConstant(const std::string& name, std::unique_ptr<onnx::TensorProto> tensor,
                          const std::string& directory, OnnxConstants& constants) {
  auto decoded = DecodeConstant(*tensor, directory);
  if (!decoded.ok()) {
    return WithContext(decoded.status(), absl::StrFormat("while reading tensor %s", Quote(name)));
  }
  constants.emplace_back(name, std::make_shared<const compute::HostTensor>(*std::move(decoded)));
  return absl::OkStatus();
}

// Moves initializers and Constant nodes with a tensor into `constants`.
absl::Status TakeConstants(onnx::GraphProto& graph, const std::string& directory,
                           OnnxConstants& constants) {
  if (graph.sparse_initializer_size() > 0) {
    return absl::UnimplementedError("sparse initializers are not supported");
  }
  while (graph.initializer_size() > 0) {
    std::unique_ptr<onnx::TensorProto> tensor(graph.mutable_initializer()->ReleaseLast());
    const std::string name = tensor->name();
    CONVOY_RETURN_IF_ERROR(TakeConstant(name, std::move(tensor), directory, constants));
  }
  for (onnx::NodeProto& node : *graph.mutable_node()) {
    if (node.op_type() != "Constant" || !IsDefaultDomain(node.domain())) continue;
    if (node.output_size() != 1 || node.attribute_size() != 1) continue;
    onnx::AttributeProto& attribute = *node.mutable_attribute(0);
    if (attribute.name() != "value" || !attribute.has_t()) continue;
    std::unique_ptr<onnx::TensorProto> tensor(attribute.release_t());
    const std::string name = node.output(0);
    CONVOY_RETURN_IF_ERROR(TakeConstant(name, std::move(tensor), directory, constants));
    node.Clear();  // a node without operator is skipped by the import
  }
  return absl::OkStatus();
}

absl::Status CheckSize(const onnx::GraphProto& graph) {
  if (graph.node_size() > kMaxOnnxNodes) {
    return absl::UnimplementedError(absl::StrFormat(
        "the graph has %d nodes; at most %d are supported", graph.node_size(), kMaxOnnxNodes));
  }
  int64_t edges = 0;
  for (const onnx::NodeProto& node : graph.node()) edges += node.input_size() + node.output_size();
  if (edges > kMaxOnnxEdges) {
    return absl::UnimplementedError(
        absl::StrFormat("the graph's nodes have %d inputs and outputs; at most %d are supported",
                        edges, kMaxOnnxEdges));
  }
  return absl::OkStatus();
}

absl::Status Digest(onnx::ModelProto proto, const std::string& directory, OnnxParts& parts) {
  CONVOY_ASSIGN_OR_RETURN(parts.opset, OpsetOf(proto));
  if (!proto.has_graph()) return absl::InvalidArgumentError("the file holds no graph");
  CONVOY_RETURN_IF_ERROR(CheckSize(proto.graph()));
  parts.graph = std::move(*proto.mutable_graph());
  CONVOY_RETURN_IF_ERROR(TakeConstants(parts.graph, directory, parts.constants));
  std::set<std::string> constant_names;
  for (const auto& [name, tensor] : parts.constants) {
    if (!constant_names.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrFormat("tensor %s is given twice", Quote(name)));
    }
  }
  CONVOY_ASSIGN_OR_RETURN(parts.inputs, Declarations(parts.graph.input(), "input", constant_names));
  CONVOY_ASSIGN_OR_RETURN(parts.outputs, Declarations(parts.graph.output(), "output", {}));
  if (parts.outputs.empty()) return absl::InvalidArgumentError("the graph has no output");
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<OnnxParts>> ParseStream(
    google::protobuf::io::ZeroCopyInputStream& stream, const std::string& name,
    const std::string& directory) {
  const std::string where = absl::StrFormat("in the ONNX file of model '%s'", name);
  onnx::ModelProto proto;
  if (!proto.ParseFromZeroCopyStream(&stream)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the bytes are no ONNX model, are truncated or nest too deep, %s", where));
  }
  auto parts = std::make_unique<OnnxParts>();
  parts->name = name;
  const absl::Status status = Digest(std::move(proto), directory, *parts);
  if (!status.ok()) return WithContext(status, where);
  return parts;
}

}  // namespace

absl::StatusOr<OnnxModel> OnnxModel::Parse(std::span<const std::byte> bytes,
                                           const std::string& name, const std::string& directory) {
  if (static_cast<int64_t>(bytes.size()) > kMaxFileBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the ONNX file of model '%s' has %d bytes; at most %d are allowed", name,
                        bytes.size(), kMaxFileBytes));
  }
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<OnnxParts> parts, ParseStream(stream, name, directory));
  return OnnxModel(std::move(parts));
}

absl::StatusOr<OnnxModel> OnnxModel::Read(const std::string& path, const std::string& name) {
  std::error_code error;
  const std::filesystem::path file(path);
  if (!std::filesystem::is_regular_file(file, error)) {
    return absl::NotFoundError(absl::StrFormat(
        "the ONNX file '%s' of model '%s' does not exist or is no file", path, name));
  }
  const auto size = std::filesystem::file_size(file, error);
  if (error || size > static_cast<uintmax_t>(kMaxFileBytes)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the ONNX file '%s' of model '%s' has %d bytes; at most %d are allowed",
                        path, name, size, kMaxFileBytes));
  }
  std::ifstream input(file, std::ios::binary);
  if (!input) {
    return absl::PermissionDeniedError(
        absl::StrFormat("the ONNX file '%s' of model '%s' cannot be opened", path, name));
  }
  google::protobuf::io::IstreamInputStream stream(&input);
  const std::string directory = file.has_parent_path() ? file.parent_path().string() : ".";
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<OnnxParts> parts, ParseStream(stream, name, directory));
  return OnnxModel(std::move(parts));
}

OnnxModel::OnnxModel(std::unique_ptr<OnnxParts> parts) : parts_(std::move(parts)) {}
OnnxModel::OnnxModel(OnnxModel&&) noexcept = default;
OnnxModel& OnnxModel::operator=(OnnxModel&&) noexcept = default;
OnnxModel::~OnnxModel() = default;

const std::vector<OnnxDeclaration>& OnnxModel::inputs() const { return parts_->inputs; }
const std::vector<OnnxDeclaration>& OnnxModel::outputs() const { return parts_->outputs; }

std::vector<NodeFault> OnnxModel::FindFaults(std::span<const compute::Shape> input_shapes) const {
  return FindImportFaults(*parts_, input_shapes);
}

absl::StatusOr<Graph> OnnxModel::Import(std::span<const compute::Shape> input_shapes) const {
  auto graph = ImportOnnx(*parts_, input_shapes);
  if (graph.ok()) return graph;
  return WithContext(graph.status(),
                     absl::StrFormat("in model '%s' (opset %d)", parts_->name, parts_->opset));
}

}  // namespace convoy::models
