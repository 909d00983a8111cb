#include "server/rpc/tensor_codec.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "compute/base/checked.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "server/rpc/class_text.h"
#include "server/rpc/image_classes.h"
#include "server/rpc/request_limits.h"
#include "server/rpc/typed_contents.h"

namespace convoy::server {
namespace {

using compute::Quote;
using inference::ModelInferRequest;
using models::ModelSpec;
using models::TensorDeclaration;
using Input = ModelInferRequest::InferInputTensor;

constexpr int kMaxRank = 32;
constexpr char kBytes[] = "BYTES";
// A tensor in shared memory takes no more of ours than one in a message could.
constexpr int64_t kMaxSharedTensorBytes = std::numeric_limits<int32_t>::max();

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
  const int raw = request.raw_input_contents_size();
  int in_message = 0;
  for (const Input& input : request.inputs()) {
    const bool shared = LiesInSharedMemory(input.parameters());
    if (!shared) ++in_message;
    if (input.has_contents() && (raw > 0 || shared)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "contents field must not be specified when using %s for %s for model '%s'",
          shared ? "shared memory" : "raw_input_contents", Quote(input.name()), spec.name));
    }
  }
  if (raw > in_message) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the request has %d raw_input_contents entries for %d inputs%s", raw, in_message,
        in_message < request.inputs_size() ? " outside of shared memory" : ""));
  }
  return absl::OkStatus();
}

// The raw entry of the input at `place`: inputs in shared memory have none.
int RawSlot(const ModelInferRequest& request, int place) {
  return static_cast<int>(
      std::count_if(request.inputs().begin(), request.inputs().begin() + place,
                    [](const Input& input) { return !LiesInSharedMemory(input.parameters()); }));
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

absl::Status CheckByteSize(int64_t given, const compute::TensorSpec& tensor,
                           const std::string& name, const ModelSpec& spec) {
  if (given == tensor.bytes()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("input byte size mismatch for input '%s' for model '%s'. Expected %d, got %d",
                      name, spec.name, tensor.bytes(), given));
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

// A copy of what lies in shared memory.
absl::StatusOr<compute::HostTensor> ReadShared(const Input& input,
                                               const compute::TensorSpec& tensor,
                                               const SharedPlace& place) {
  if (place.bytes > kMaxSharedTensorBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %s has %d bytes in shared memory; the limit is %d",
                        Quote(input.name()), place.bytes, kMaxSharedTensorBytes));
  }
  compute::HostTensor storage(tensor);
  CONVOY_RETURN_IF_ERROR(place.region->Read(place.offset, storage.bytes()));
  return storage;
}

absl::Status AddSharedInput(const Input& input, const compute::TensorSpec& tensor,
                            const SharedMemory& memory, const ModelSpec& spec,
                            DecodedRequest& decoded) {
  CONVOY_ASSIGN_OR_RETURN(const SharedPlace place,
                          FindPlace(input.parameters(), input.name(), memory));
  CONVOY_RETURN_IF_ERROR(CheckByteSize(place.bytes, tensor, input.name(), spec));
  CONVOY_ASSIGN_OR_RETURN(compute::HostTensor storage, ReadShared(input, tensor, place));
  decoded.inputs.push_back(storage.view());
  decoded.storage.push_back(std::move(storage));
  return absl::OkStatus();
}

absl::Status NoData(const TensorDeclaration& declaration, const ModelSpec& spec) {
  return absl::InvalidArgumentError(
      absl::StrFormat("unable to find data for input tensor '%s' for model '%s' in request",
                      declaration.name, spec.name));
}

// The pictures of a BYTES input, wherever it lies.
absl::StatusOr<std::vector<EncodedImage>> FindImages(const ModelInferRequest& request, int place,
                                                     int64_t rows, const SharedMemory& memory,
                                                     const ModelSpec& spec,
                                                     DecodedRequest& decoded) {
  const Input& input = request.inputs(place);
  if (LiesInSharedMemory(input.parameters())) {
    CONVOY_ASSIGN_OR_RETURN(const SharedPlace shared,
                            FindPlace(input.parameters(), input.name(), memory));
    CONVOY_ASSIGN_OR_RETURN(compute::HostTensor storage,
                            ReadShared(input, {compute::DType::kUint8, {shared.bytes}}, shared));
    decoded.storage.push_back(std::move(storage));
    return SplitByteElements(decoded.storage.back().view().bytes, rows, input.name(), spec.name);
  }
  if (request.raw_input_contents_size() > 0) {
    const std::string& raw = request.raw_input_contents(0);
    return SplitByteElements(std::as_bytes(std::span(raw.data(), raw.size())), rows, input.name(),
                             spec.name);
  }
  if (!input.has_contents()) return NoData(spec.inputs[0], spec);
  return ByteElements(input.contents(), input.name(), rows);
}

// Pictures are decoded later, by threads that are there for it; here is the tensor they go to.
absl::Status AddImages(const ModelInferRequest& request, int place, const SharedMemory& memory,
                       const ModelSpec& spec, DecodedRequest& decoded) {
  CONVOY_ASSIGN_OR_RETURN(const int64_t rows, ImageRows(request.inputs(place), spec));
  CONVOY_ASSIGN_OR_RETURN(const compute::TensorSpec one_row, ImageInputSpec(spec));
  CONVOY_ASSIGN_OR_RETURN(decoded.images, FindImages(request, place, rows, memory, spec, decoded));
  decoded.pixels = compute::HostTensor(RowsOf(one_row, rows));
  decoded.inputs.push_back(decoded.pixels.view());
  return absl::OkStatus();
}

absl::Status AddInput(const ModelInferRequest& request, int place, size_t index,
                      const ModelSpec& spec, const SharedMemory& memory, DecodedRequest& decoded) {
  const Input& input = request.inputs(place);
  const TensorDeclaration& declaration = spec.inputs[index];
  if (input.datatype() == kBytes && ImageInputSpec(spec).ok()) {
    return AddImages(request, place, memory, spec, decoded);
  }
  CONVOY_ASSIGN_OR_RETURN(const compute::TensorSpec tensor, CheckSpec(input, declaration, spec));
  if (LiesInSharedMemory(input.parameters())) {
    return AddSharedInput(input, tensor, memory, spec, decoded);
  }
  if (const int slot = RawSlot(request, place); slot < request.raw_input_contents_size()) {
    const std::string& raw = request.raw_input_contents(slot);
    CONVOY_RETURN_IF_ERROR(
        CheckByteSize(static_cast<int64_t>(raw.size()), tensor, declaration.name, spec));
    decoded.inputs.push_back({tensor, std::as_bytes(std::span(raw.data(), raw.size()))});
    return absl::OkStatus();
  }
  if (!input.has_contents()) return NoData(declaration, spec);
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

// Writes the tensor where the client wants it; the reply tells only its type and shape.
absl::Status WriteShared(const compute::TensorView& tensor, const SharedPlace& place,
                         const std::string& name) {
  if (tensor.spec.bytes() > place.bytes) {
    return absl::InternalError(absl::StrFormat(
        "shared memory size specified with the request for output '%s' (%d bytes) should be at "
        "least %d bytes to hold the results",
        name, place.bytes, tensor.spec.bytes()));
  }
  return place.region->Write(place.offset, tensor.bytes);
}

absl::Status EncodeOutput(const compute::TensorView& tensor, const WantedOutput& want,
                          const ModelSpec& spec, inference::ModelInferResponse& response) {
  const std::string& name = spec.outputs[static_cast<size_t>(want.index)].name;
  auto& encoded = *response.add_outputs();
  encoded.set_name(name);
  std::string& raw = *response.add_raw_output_contents();
  if (want.classes > 0) {
    return EncodeClasses(tensor, want.classes, spec.max_batch_size > 0,
                         models::LabelsOf(spec, static_cast<size_t>(want.index)), encoded, raw);
  }
  encoded.set_datatype(std::string(compute::NameOf(tensor.spec.dtype)));
  for (const int64_t dim : tensor.spec.shape.dims()) encoded.add_shape(dim);
  if (want.place.region != nullptr) return WriteShared(tensor, want.place, name);
  raw.assign(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  return absl::OkStatus();
}

}  // namespace

compute::MutableTensorView DecodedRequest::ImageRow(size_t i) {
  const std::span<std::byte> bytes = pixels.bytes();
  const size_t row_bytes = bytes.size() / images.size();
  compute::TensorSpec spec = pixels.spec();
  if (images.size() > 1) spec.shape[0] = 1;
  return {spec, bytes.subspan(i * row_bytes, row_bytes)};
}

absl::StatusOr<DecodedRequest> DecodeRequest(const ModelInferRequest& request,
                                             const ModelSpec& spec, const SharedMemory& memory) {
  DecodedRequest decoded;
  CONVOY_RETURN_IF_ERROR(CheckRequestLimits(request));
  CONVOY_RETURN_IF_ERROR(CheckContentsForm(request, spec));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int> places, MatchInputs(request, spec));
  for (size_t i = 0; i < places.size(); ++i) {
    CONVOY_RETURN_IF_ERROR(AddInput(request, places[i], i, spec, memory, decoded));
  }
  CONVOY_RETURN_IF_ERROR(CheckRows(spec, decoded));
  CONVOY_ASSIGN_OR_RETURN(decoded.outputs, MatchOutputs(request, spec, memory));
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
    CONVOY_RETURN_IF_ERROR(EncodeOutput(outputs[index].view(), want, spec, response));
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
