#include "client/bench/samples.h"

#include <cstring>
#include <random>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/wire.h"

namespace convoy::client {
namespace {

std::string Shown(const std::vector<int64_t>& shape) {
  return absl::StrFormat("[%s]", absl::StrJoin(shape, ","));
}

// The shape of one sample.
std::vector<int64_t> RowShape(const TensorDescription& input, bool batched) {
  return {input.shape.begin() + (batched && !input.shape.empty() ? 1 : 0), input.shape.end()};
}

bool Fits(const std::vector<int64_t>& shape, const std::vector<int64_t>& model) {
  if (shape.size() != model.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] <= 0 || (model[i] >= 0 && model[i] != shape[i])) return false;
  }
  return true;
}

const Tensor* Find(const Sample& sample, const std::string& name) {
  for (const Tensor& tensor : sample.inputs) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

absl::Status CheckTensor(const Tensor* tensor, const TensorDescription& input, bool batched) {
  if (tensor == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The data hold no values for the model's input '%s'.", input.name));
  }
  const std::vector<int64_t> shape = RowShape(input, batched);
  // Images go as BYTES where the model takes numbers: servers that decode them say so.
  if (tensor->datatype != "BYTES" &&
      (tensor->datatype != input.datatype || !Fits(tensor->shape, shape))) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "The data for input '%s' are %s %s; the model takes %s %s a row.", input.name,
        tensor->datatype, Shown(tensor->shape), input.datatype, Shown(shape)));
  }
  return absl::OkStatus();
}

// One input of one call: the rows of several samples behind each other.
absl::StatusOr<Tensor> JoinRows(const std::vector<const Sample*>& rows,
                                const TensorDescription& input, bool batched) {
  Tensor joined;
  for (const Sample* row : rows) {
    const Tensor* tensor = Find(*row, input.name);
    const absl::Status status = CheckTensor(tensor, input, batched);
    if (!status.ok()) return status;
    if (joined.name.empty()) joined = {tensor->name, tensor->datatype, tensor->shape, ""};
    if (joined.shape != tensor->shape || joined.datatype != tensor->datatype) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Input '%s' has rows of the shapes %s and %s; those of one call are alike.", input.name,
          Shown(joined.shape), Shown(tensor->shape)));
    }
    joined.bytes += tensor->bytes;
  }
  if (batched) joined.shape.insert(joined.shape.begin(), static_cast<int64_t>(rows.size()));
  return joined;
}

}  // namespace

bool HasBatchDimension(const ModelDescription& model) {
  return !model.inputs.empty() && !model.inputs[0].shape.empty() && model.inputs[0].shape[0] < 0;
}

std::string BytesElement(std::string_view bytes) {
  const auto size = static_cast<uint32_t>(bytes.size());
  std::string element(4, '\0');
  for (size_t i = 0; i < 4; ++i) element[i] = static_cast<char>((size >> (8 * i)) & 0xffU);
  element += bytes;
  return element;
}

absl::StatusOr<Workload> InferWorkload(const ModelDescription& model, const InferOptions& options,
                                       const std::vector<Sample>& samples, std::string source) {
  const bool batched = HasBatchDimension(model);
  if (!batched && options.rows != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Model '%s' has no batch dimension: a call has one row, not %d.",
                        model.name, options.rows));
  }
  std::vector<Workload::Call> calls;
  for (size_t first = 0; first < samples.size(); ++first) {
    std::vector<const Sample*> rows;
    Workload::Call made;
    for (size_t i = 0; i < static_cast<size_t>(options.rows); ++i) {
      rows.push_back(&samples[(first * static_cast<size_t>(options.rows) + i) % samples.size()]);
      if (!rows.back()->expected.empty()) made.expected.push_back(rows.back()->expected);
    }
    if (made.expected.size() != rows.size()) made.expected.clear();
    InferCall call{model.name, options.version, {}, {}};
    for (const TensorDescription& input : model.inputs) {
      absl::StatusOr<Tensor> tensor = JoinRows(rows, input, batched);
      if (!tensor.ok()) return tensor.status();
      call.inputs.push_back(*std::move(tensor));
    }
    made.request = EncodeInfer(call).SerializeAsString();
    calls.push_back(std::move(made));
  }
  if (calls.empty()) return absl::InvalidArgumentError("There is no sample to send.");
  return Workload(kInferMethod, std::move(calls), options.rows, std::move(source));
}

Workload ClassifyWorkload(const std::string& model, const InferOptions& options,
                          const std::vector<ImageSample>& images) {
  std::vector<Workload::Call> calls;
  for (size_t first = 0; first < images.size(); ++first) {
    Workload::Call made;
    ClassifyCall call{.model = model, .version = options.version, .images = {}, .top_k = 1};
    for (size_t i = 0; i < static_cast<size_t>(options.rows); ++i) {
      const ImageSample& image =
          images[(first * static_cast<size_t>(options.rows) + i) % images.size()];
      call.images.push_back(image.bytes);
      if (!image.expected.empty()) made.expected.push_back(image.expected);
    }
    if (made.expected.size() != call.images.size()) made.expected.clear();
    if (!made.expected.empty()) call.top_k = 5;
    made.request = EncodeClassify(call).SerializeAsString();
    calls.push_back(std::move(made));
  }
  return Workload(kClassifyMethod, std::move(calls), options.rows, "images");
}

}  // namespace convoy::client
