#include "models/config/make_spec.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_split.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/config/image_settings.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::Quote;
using inference::ModelConfig;
using Tensor = FileDeclarations::Tensor;

// Far beyond what a device holds; it keeps sums of rows small.
constexpr int64_t kMaxMaxBatchSize = 1 << 14;

std::string ShapeText(const std::vector<int64_t>& dims) {
  std::string text = "[";
  for (const int64_t dim : dims) {
    absl::StrAppendFormat(&text, "%s%d", text.size() > 1 ? "," : "", dim);
  }
  return text + "]";
}

std::string NamesOf(const std::vector<Tensor>& tensors) {
  std::string names;
  for (const Tensor& tensor : tensors) {
    absl::StrAppendFormat(&names, "%s%s", names.empty() ? "" : ", ",
                          Quote(tensor.declaration.name));
  }
  return names;
}

bool StartsSymbolic(const Tensor& tensor) {
  const std::vector<int64_t>& dims = tensor.declaration.dims;
  return !tensor.has_shape || (!dims.empty() && dims[0] == kAnyExtent);
}

// Every tensor leaves its first dimension open.
bool CanBatch(const FileDeclarations& file) {
  return !file.inputs.empty() &&
         std::all_of(file.inputs.begin(), file.inputs.end(), StartsSymbolic) &&
         std::all_of(file.outputs.begin(), file.outputs.end(), StartsSymbolic);
}

bool SaysTensors(const ModelConfig& config) {
  return config.max_batch_size() != 0 || config.input_size() > 0 || config.output_size() > 0;
}

// What does not fit together, in the order in which it is found.
class Faults {
 public:
  explicit Faults(std::vector<absl::Status>& list) : list_(list) {}

  // Notes an error; true when there was none.
  bool Check(const absl::Status& status) {
    if (!status.ok()) list_.push_back(status);
    return status.ok();
  }

 private:
  std::vector<absl::Status>& list_;
};

// The size that the config means even where it is out of place: the dims beside it are written for
// it.
int64_t MaxBatchSize(const ModelConfig& config, const FileDeclarations& file, int64_t fallback,
                     Faults& faults) {
  if (!SaysTensors(config)) return CanBatch(file) ? fallback : 0;
  const int64_t given = config.max_batch_size();
  if (given < 0 || given > kMaxMaxBatchSize) {
    faults.Check(absl::InvalidArgumentError(
        absl::StrFormat("max_batch_size is %d; allowed are 0 to %d", given, kMaxMaxBatchSize)));
  } else if (given > 0 && !CanBatch(file)) {
    faults.Check(absl::InvalidArgumentError(absl::StrFormat(
        "max_batch_size is %d, but the model file fixes the first dimension of an input or output; "
        "only 0 is possible",
        given)));
  }
  return given;
}

// The file's declaration as requests see it: without the batch dimension.
TensorDeclaration WithoutBatch(const Tensor& tensor, bool batched) {
  TensorDeclaration result = tensor.declaration;
  if (batched && !result.dims.empty()) result.dims.erase(result.dims.begin());
  return result;
}

absl::Status CheckType(const std::string& what, inference::DataType given, DType actual) {
  if (given == inference::TYPE_INVALID) {
    return absl::InvalidArgumentError(absl::StrFormat("%s has no data_type", what));
  }
  const std::string name = inference::DataType_Name(given);
  if (name == absl::StrFormat("TYPE_%s", compute::NameOf(actual))) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("%s has data_type %s, but TYPE_%s in the file",
                                                    what, name, compute::NameOf(actual)));
}

// The config may fix what the file leaves open, not open or change what it fixes.
absl::Status MergeDims(const std::string& what,
                       const google::protobuf::RepeatedField<int64_t>& given, bool has_shape,
                       std::vector<int64_t>& dims) {
  const std::vector<int64_t> wanted(given.begin(), given.end());
  bool fits = !has_shape || wanted.size() == dims.size();
  for (size_t i = 0; fits && i < wanted.size(); ++i) {
    fits = wanted[i] >= 1 || wanted[i] == kAnyExtent;
    if (has_shape && dims[i] != kAnyExtent) fits = fits && wanted[i] == dims[i];
  }
  if (!fits || wanted.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s has dims %s, but %s in the file (without the batch dimension where "
                        "max_batch_size is above 0)",
                        what, ShapeText(wanted), ShapeText(dims)));
  }
  dims = wanted;
  return absl::OkStatus();
}

// One tensor of the config laid over the file's; nothing where the file has none of its name.
template <typename ConfigTensor>
std::optional<TensorDeclaration> Merge(const ConfigTensor& given, const char* kind,
                                       const std::vector<Tensor>& tensors, bool batched,
                                       Faults& faults) {
  const std::string what = absl::StrFormat("%s %s", kind, Quote(given.name()));
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& tensor) {
    return tensor.declaration.name == given.name();
  });
  if (found == tensors.end()) {
    faults.Check(absl::InvalidArgumentError(absl::StrFormat(
        "%s of the config is not in the model file, which has %s", what, NamesOf(tensors))));
    return std::nullopt;
  }
  TensorDeclaration result = WithoutBatch(*found, batched);
  faults.Check(CheckType(what, given.data_type(), result.dtype));
  faults.Check(MergeDims(what, given.dims(), found->has_shape, result.dims));
  return result;
}

void MergeInputs(const ModelConfig& config, const FileDeclarations& file, ModelSpec& spec,
                 Faults& faults) {
  const bool batched = spec.max_batch_size > 0;
  for (const Tensor& tensor : file.inputs) {
    if (!tensor.has_shape) {
      faults.Check(absl::UnimplementedError(absl::StrFormat(
          "input %s has no shape in the model file", Quote(tensor.declaration.name))));
    }
    spec.inputs.push_back(WithoutBatch(tensor, batched));
  }
  if (config.input_size() > 0 && config.input_size() != static_cast<int>(file.inputs.size())) {
    faults.Check(absl::InvalidArgumentError(
        absl::StrFormat("the config lists %d inputs, the model file %d: %s", config.input_size(),
                        file.inputs.size(), NamesOf(file.inputs))));
  }
  std::vector<std::string> seen;
  for (const inference::ModelInput& given : config.input()) {
    const auto merged = Merge(given, "input", file.inputs, batched, faults);
    if (!merged.has_value()) continue;
    if (std::find(seen.begin(), seen.end(), merged->name) != seen.end()) {
      faults.Check(absl::InvalidArgumentError(
          absl::StrFormat("input %s is listed twice", Quote(merged->name))));
    }
    seen.push_back(merged->name);
    for (TensorDeclaration& input : spec.inputs) {
      if (input.name == merged->name) input = *merged;
    }
  }
}

void MergeOutputs(const ModelConfig& config, const FileDeclarations& file, ModelSpec& spec,
                  Faults& faults) {
  const bool batched = spec.max_batch_size > 0;
  for (const inference::ModelOutput& given : config.output()) {
    auto merged = Merge(given, "output", file.outputs, batched, faults);
    if (!merged.has_value()) continue;
    for (const TensorDeclaration& other : spec.outputs) {
      if (other.name != merged->name) continue;
      faults.Check(absl::InvalidArgumentError(
          absl::StrFormat("output %s is listed twice", Quote(merged->name))));
    }
    spec.outputs.push_back(*std::move(merged));
  }
  if (config.output_size() > 0) return;
  for (const Tensor& tensor : file.outputs) spec.outputs.push_back(WithoutBatch(tensor, batched));
}

void ReadParameters(const ModelConfig& config, ModelSpec& spec, Faults& faults) {
  if (spec.inputs.size() == 1) {
    auto image = ImageSettingsOf(config, spec.inputs[0], spec.max_batch_size > 0);
    if (faults.Check(image.status())) spec.image = *image;
  }
  const auto softmax = BoolParameter(config, "classify_softmax");
  if (faults.Check(softmax.status())) spec.classify_softmax = softmax->value_or(false);
}

ModelSpec MakeSpecWithFaults(const std::string& name, const ModelConfig& config,
                             const FileDeclarations& file, int64_t default_max_batch_size,
                             Faults faults) {
  if (!config.name().empty() && config.name() != name) {
    faults.Check(absl::InvalidArgumentError(absl::StrFormat(
        "the config names the model %s, its directory '%s'", Quote(config.name()), name)));
  }
  ModelSpec spec;
  spec.name = name;
  const bool triton = config.platform() == "onnxruntime_onnx" || config.backend() == "onnxruntime";
  spec.platform = triton ? "onnxruntime_onnx" : "convoy";
  spec.max_batch_size = MaxBatchSize(config, file, default_max_batch_size, faults);
  MergeInputs(config, file, spec, faults);
  MergeOutputs(config, file, spec, faults);
  ReadParameters(config, spec, faults);
  const inference::ModelDynamicBatching& batching = config.dynamic_batching();
  constexpr uint64_t kLongestDelay = 60'000'000;
  spec.max_queue_delay = absl::Microseconds(
      static_cast<int64_t>(std::min(batching.max_queue_delay_microseconds(), kLongestDelay)));
  spec.max_queue_size = batching.default_queue_policy().max_queue_size();
  return spec;
}

}  // namespace

absl::StatusOr<ModelSpec> MakeSpec(const std::string& name, const ModelConfig& config,
                                   const FileDeclarations& file, int64_t default_max_batch_size) {
  std::vector<absl::Status> faults;
  ModelSpec spec = MakeSpecWithFaults(name, config, file, default_max_batch_size, Faults(faults));
  if (!faults.empty()) return faults.front();
  return spec;
}

std::vector<absl::Status> FindSpecFaults(const std::string& name, const ModelConfig& config,
                                         const FileDeclarations& file) {
  std::vector<absl::Status> faults;
  MakeSpecWithFaults(name, config, file, 1, Faults(faults));
  return faults;
}

std::vector<std::string> ParseLabels(const std::string& text) {
  std::vector<std::string> labels = absl::StrSplit(text, '\n');
  for (std::string& label : labels) {
    if (!label.empty() && label.back() == '\r') label.pop_back();
  }
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  return labels;
}

}  // namespace convoy::models
