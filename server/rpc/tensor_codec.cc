#include "server/rpc/tensor_codec.h"

#include <algorithm>
#include <optional>
#include <set>

#include "compute/base/checked.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "server/rpc/class_text.h"
#include "server/rpc/typed_contents.h"

namespace convoy::server {
namespace {

using compute::Quote;
using inference::ModelInferRequest;
using models::ModelSpec;
using models::TensorDeclaration;
using Input = ModelInferRequest::InferInputTensor;

constexpr int kMaxRank = 32;
constexpr char kSharedMemory[] = "shared_memory_region";

// "[-1,3,224,224]": shapes as stock clients know them from messages.
template <typename Dims>
std::string ShapeText(const Dims& dims) {
  std::string text = "[";
  for (const int64_t dim : dims) {
    if (text.size() > compute::kMaxQuotedBytes) return text + ",...]";
    text += absl::StrFormat("%s%d", text.size() == 1 ? "" : ",", dim);
  }
  return text + "]";
}

std::string ExpectedShapeText(const TensorDeclaration& declaration, const ModelSpec& spec) {
  std::vector<int64_t> dims = declaration.dims;
  if (spec.max_batch_size > 0) dims.insert(dims.begin(), models::kAnyExtent);
  return ShapeText(dims);
}

std::string NameList(const std::vector<TensorDeclaration>& declarations) {
  std::string names;
  for (const TensorDeclaration& declaration : declarations) {
    names += absl::StrFormat("%s'%s'", names.empty() ? "" : ", ", declaration.name);
  }
  return names;
}

int FindByName(const std::vector<TensorDeclaration>& declarations, std::string_view name) {
  const auto it = std::find_if(declarations.begin(), declarations.end(),
                               [&](const TensorDeclaration& each) { return each.name == name; });
  return it == declarations.end() ? -1 : static_cast<int>(it - declarations.begin());
}

// The places of the request's inputs by the model's order.
absl::StatusOr<std::vector<int>> MatchInputs(const ModelInferRequest& request,
                                             const ModelSpec& spec) {
  std::vector<int> places(spec.inputs.size(), -1);
  for (int i = 0; i < request.inputs_size(); ++i) {
    const std::string& name = request.inputs(i).name();
    const int index = FindByName(spec.inputs, name);
    if (index < 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("unexpected inference input %s for model '%s', which takes %s",
                          Quote(name), spec.name, NameList(spec.inputs)));
    }
    if (places[static_cast<size_t>(index)] >= 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("input %s already exists in request", Quote(name)));
    }
    places[static_cast<size_t>(index)] = i;
  }
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] >= 0) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "expected %d inputs but got %d inputs for model '%s': required input '%s' is missing",
        spec.inputs.size(), request.inputs_size(), spec.name, spec.inputs[i].name));
  }
  return places;
}

absl::Status CheckContentsForm(const ModelInferRequest& request, const ModelSpec& spec) {
  for (const Input& input : request.inputs()) {
    if (input.parameters().count(kSharedMemory) > 0) {
      return absl::UnimplementedError(absl::StrFormat(
          "input %s lies in shared memory, which this server does not take", Quote(input.name())));
    }
    if (input.has_contents() && request.raw_input_contents_size() > 0) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "contents field must not be specified when using raw_input_contents for %s for model "
          "'%s'",
          Quote(input.name()), spec.name));
    }
  }
  const int raw = request.raw_input_contents_size();
  if (raw > request.inputs_size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the request has %d raw_input_contents entries for %d inputs", raw, request.inputs_size()));
  }
  return absl::OkStatus();
}

absl::Status UnexpectedShape(const Input& input, const TensorDeclaration& declaration,
                             const ModelSpec& spec) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "unexpected shape for input '%s' for model '%s'. Expected %s, got %s%s", declaration.name,
      spec.name, ExpectedShapeText(declaration, spec), ShapeText(input.shape()),
      spec.max_batch_size > 0 ? ". The first dimension is the batch" : ""));
}

absl::Status CheckShape(const Input& input, const TensorDeclaration& declaration,
                        const ModelSpec& spec) {
  const bool batched = spec.max_batch_size > 0;
  const auto expected_rank = static_cast<int>(declaration.dims.size()) + (batched ? 1 : 0);
  if (input.shape_size() > kMaxRank || input.shape_size() != expected_rank) {
    return UnexpectedShape(input, declaration, spec);
  }
  for (int i = 0; i < input.shape_size(); ++i) {
    if (batched && i == 0) continue;
    const int64_t wanted = declaration.dims[static_cast<size_t>(i - (batched ? 1 : 0))];
    const int64_t given = input.shape(i);
    if (given < 1 || (wanted != models::kAnyExtent && given != wanted)) {
      return UnexpectedShape(input, declaration, spec);
    }
  }
  if (!batched) return absl::OkStatus();
  if (input.shape(0) < 1 || input.shape(0) > spec.max_batch_size) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "inference request batch-size must be from 1 to %d for '%s': input '%s' has %d rows",
        spec.max_batch_size, spec.name, declaration.name, input.shape(0)));
  }
  return absl::OkStatus();
}

absl::StatusOr<compute::TensorSpec> CheckSpec(const Input& input,
                                              const TensorDeclaration& declaration,
                                              const ModelSpec& spec) {
  if (input.datatype() != compute::NameOf(declaration.dtype)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "inference input '%s' data-type is %s, but model '%s' expects '%s'", declaration.name,
        Quote(input.datatype()), spec.name, compute::NameOf(declaration.dtype)));
  }
  CONVOY_RETURN_IF_ERROR(CheckShape(input, declaration, spec));
  compute::TensorSpec result{
      declaration.dtype,
      compute::Shape(std::span(input.shape().data(), static_cast<size_t>(input.shape_size())))};
  std::optional<int64_t> bytes = compute::CheckedProduct(result.shape.dims());
  if (bytes.has_value()) bytes = compute::CheckedMultiply(*bytes, SizeOf(result.dtype));
  if (!bytes.has_value()) return UnexpectedShape(input, declaration, spec);
  return result;
}

absl::Status AddRawInput(const std::string& raw, const compute::TensorSpec& tensor,
                         const std::string& name, const ModelSpec& spec, DecodedRequest& decoded) {
  if (static_cast<int64_t>(raw.size()) != tensor.bytes()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "input byte size mismatch for input '%s' for model '%s'. Expected %d, got %d", name,
        spec.name, tensor.bytes(), raw.size()));
  }
  decoded.inputs.push_back({tensor, std::as_bytes(std::span(raw.data(), raw.size()))});
  return absl::OkStatus();
}

absl::Status AddTypedInput(const Input& input, const compute::TensorSpec& tensor,
                           DecodedRequest& decoded) {
  // Before memory is taken for it: the elements must be in the message.
  if (CountContents(input.contents(), tensor.dtype) != tensor.elements()) {
    return FillFromContents(input.contents(), input.name(), {tensor, {}});
  }
  compute::HostTensor storage(tensor);
  CONVOY_RETURN_IF_ERROR(FillFromContents(input.contents(), input.name(), storage.mutable_view()));
  decoded.inputs.push_back(storage.view());
  decoded.storage.push_back(std::move(storage));
  return absl::OkStatus();
}

absl::Status AddInput(const ModelInferRequest& request, int place,
                      const TensorDeclaration& declaration, const ModelSpec& spec,
                      DecodedRequest& decoded) {
  const Input& input = request.inputs(place);
  CONVOY_ASSIGN_OR_RETURN(const compute::TensorSpec tensor, CheckSpec(input, declaration, spec));
  if (place < request.raw_input_contents_size()) {
    return AddRawInput(request.raw_input_contents(place), tensor, declaration.name, spec, decoded);
  }
  if (!input.has_contents()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("unable to find data for input tensor '%s' for model '%s' in request",
                        declaration.name, spec.name));
  }
  return AddTypedInput(input, tensor, decoded);
}

// All inputs have the same rows. Shapes make a key only where requests may differ in them.
absl::Status CheckRows(const ModelSpec& spec, DecodedRequest& decoded) {
  for (size_t i = 0; i < decoded.inputs.size(); ++i) {
    const compute::Shape& shape = decoded.inputs[i].spec.shape;
    if (spec.max_batch_size > 0) {
      const int64_t rows = shape[0];
      if (i == 0) decoded.rows = rows;
      if (rows != decoded.rows) {
        return absl::InvalidArgumentError(absl::StrFormat(
            "input '%s' batch size does not match other inputs for '%s': it has %d rows, input "
            "'%s' has %d",
            spec.inputs[i].name, spec.name, rows, spec.inputs[0].name, decoded.rows));
      }
    }
    const std::vector<int64_t>& dims = spec.inputs[i].dims;
    if (std::find(dims.begin(), dims.end(), models::kAnyExtent) == dims.end()) continue;
    const std::span<const int64_t> row = shape.dims().subspan(spec.max_batch_size > 0 ? 1 : 0);
    decoded.shape_key += ShapeText(row);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ClassCount(const ModelInferRequest::InferRequestedOutputTensor& output) {
  const auto parameter = output.parameters().find("classification");
  if (parameter == output.parameters().end()) return 0;
  if (!parameter->second.has_int64_param()) {
    return absl::InvalidArgumentError(
        "invalid value type for 'classification' parameter, expected int64_param");
  }
  const int64_t classes = parameter->second.int64_param();
  if (classes < 1) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "invalid value for 'classification' parameter, expected > 0, got %d", classes));
  }
  return classes;
}

absl::StatusOr<std::vector<WantedOutput>> MatchOutputs(const ModelInferRequest& request,
                                                       const ModelSpec& spec) {
  std::vector<WantedOutput> wanted;
  for (const auto& output : request.outputs()) {
    const int index = FindByName(spec.outputs, output.name());
    if (index < 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("unexpected inference output %s for model '%s', which gives %s",
                          Quote(output.name()), spec.name, NameList(spec.outputs)));
    }
    if (output.parameters().count(kSharedMemory) > 0) {
      return absl::UnimplementedError(
          absl::StrFormat("output '%s' is to lie in shared memory, which this server does not give",
                          output.name()));
    }
    for (const WantedOutput& other : wanted) {
      if (other.index != index) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("output '%s' already exists in request", output.name()));
    }
    CONVOY_ASSIGN_OR_RETURN(const int64_t classes, ClassCount(output));
    if (classes > 0) {
      CONVOY_RETURN_IF_ERROR(CheckClassifiable(spec.outputs[static_cast<size_t>(index)]));
    }
    wanted.push_back({.index = index, .classes = classes});
  }
  if (wanted.empty()) {
    for (size_t i = 0; i < spec.outputs.size(); ++i) wanted.push_back({static_cast<int>(i), 0});
  }
  std::sort(wanted.begin(), wanted.end(),
            [](const WantedOutput& a, const WantedOutput& b) { return a.index < b.index; });
  return wanted;
}

}  // namespace

absl::StatusOr<DecodedRequest> DecodeRequest(const ModelInferRequest& request,
                                             const ModelSpec& spec) {
  DecodedRequest decoded;
  CONVOY_RETURN_IF_ERROR(CheckContentsForm(request, spec));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int> places, MatchInputs(request, spec));
  for (size_t i = 0; i < places.size(); ++i) {
    CONVOY_RETURN_IF_ERROR(AddInput(request, places[i], spec.inputs[i], spec, decoded));
  }
  CONVOY_RETURN_IF_ERROR(CheckRows(spec, decoded));
  CONVOY_ASSIGN_OR_RETURN(decoded.outputs, MatchOutputs(request, spec));
  return decoded;
}

absl::Status EncodeOutputs(std::span<const compute::HostTensor> outputs,
                           std::span<const WantedOutput> wanted, const ModelSpec& spec,
                           inference::ModelInferResponse& response) {
  for (const WantedOutput& want : wanted) {
    const auto index = static_cast<size_t>(want.index);
    if (index >= outputs.size()) {
      return absl::InternalError(absl::StrFormat("model '%s' gives %d outputs instead of %d",
                                                 spec.name, outputs.size(), spec.outputs.size()));
    }
    const compute::TensorView tensor = outputs[index].view();
    auto& encoded = *response.add_outputs();
    encoded.set_name(spec.outputs[index].name);
    std::string& raw = *response.add_raw_output_contents();
    if (want.classes > 0) {
      CONVOY_RETURN_IF_ERROR(EncodeClasses(
          tensor, want.classes, spec.max_batch_size > 0,
          want.index == 0 ? std::span(spec.labels) : std::span<const std::string>(), encoded, raw));
      continue;
    }
    encoded.set_datatype(std::string(compute::NameOf(tensor.spec.dtype)));
    for (const int64_t dim : tensor.spec.shape.dims()) encoded.add_shape(dim);
    raw.assign(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
