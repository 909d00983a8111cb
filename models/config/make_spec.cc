#include "models/config/make_spec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_split.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "compute/base/utf8.h"
#include "models/config/image_settings.h"
#include "models/config/reshape.h"
#include "models/config/serving_settings.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::Quote;
using inference::ModelConfig;
using Tensor = FileDeclarations::Tensor;

// Far beyond what a device holds; it keeps sums of rows small.
constexpr int64_t kMaxMaxBatchSize = 1 << 14;

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

// The size that the config means even where it is out of place: the dims beside it are written for
// it.
int64_t MaxBatchSize(const ModelConfig& config, const FileDeclarations& file, int64_t fallback,
                     ConfigFaults& faults) {
  if (!SaysTensors(config)) return CanBatch(file) ? fallback : 0;
  const int64_t given = config.max_batch_size();
  if (given < 0 || given > kMaxMaxBatchSize) {
    faults.Check("max_batch_size",
                 absl::InvalidArgumentError(absl::StrFormat(
                     "max_batch_size is %d; allowed are 0 to %d", given, kMaxMaxBatchSize)));
  } else if (given > 0 && !CanBatch(file)) {
    faults.Check("max_batch_size", absl::InvalidArgumentError(absl::StrFormat(
                                       "max_batch_size is %d, but the model file fixes the first "
                                       "dimension of an input or output; "
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

// The config may fix what the file leaves open, not open or change what it fixes. Sets `dims` to
// what the config says of the network.
absl::Status MergeDims(const std::string& what, const std::vector<int64_t>& wanted, bool has_shape,
                       bool may_be_scalar, std::vector<int64_t>& dims) {
  bool fits = !has_shape || wanted.size() == dims.size();
  for (size_t i = 0; fits && i < wanted.size(); ++i) {
    fits = wanted[i] >= 1 || wanted[i] == kAnyExtent;
    if (has_shape && dims[i] != kAnyExtent) fits = fits && wanted[i] == dims[i];
  }
  const bool is_scalar = has_shape && dims.empty();
  if (!fits || (wanted.empty() && !may_be_scalar && !is_scalar)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s has dims %s, but %s in the file (without the batch dimension where "
                        "max_batch_size is above 0)",
                        what, DimsText(wanted), DimsText(dims)));
  }
  dims = wanted;
  return absl::OkStatus();
}

// A config's tensor, ModelInput or ModelOutput, in the words of messages and paths.
template <typename ConfigTensor>
struct Given {
  const ConfigTensor& tensor;
  std::string field;  // "input[1]"
  std::string what;   // "input 'x'"
};

template <typename ConfigTensor>
void MergeShape(const Given<ConfigTensor>& given, bool has_shape, TensorDeclaration& result,
                ConfigFaults& faults) {
  const std::vector<int64_t> dims(given.tensor.dims().begin(), given.tensor.dims().end());
  // Of dims that are not set the name has the place.
  const std::string place = given.field + (dims.empty() ? ".name" : ".dims");
  if (!given.tensor.has_reshape()) {
    faults.Check(place, MergeDims(given.what, dims, has_shape, false, result.dims));
    return;
  }
  const std::vector<int64_t> network(given.tensor.reshape().shape().begin(),
                                     given.tensor.reshape().shape().end());
  const bool good =
      faults.Check(given.field + ".reshape", MergeDims(given.what + " in its reshape", network,
                                                       has_shape, true, result.dims)) &&
      faults.Check(place, dims.empty() ? absl::InvalidArgumentError(
                                             absl::StrFormat("%s has no dims", given.what))
                                       : CheckReshape(given.what, dims, network));
  if (!good) return;
  result.dims = dims;
  result.network_dims = network;
}

// One tensor of the config laid over the file's; nothing where the file has none of its name.
template <typename ConfigTensor>
std::optional<TensorDeclaration> Merge(const Given<ConfigTensor>& given,
                                       const std::vector<Tensor>& tensors, bool batched,
                                       ConfigFaults& faults) {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& tensor) {
    return tensor.declaration.name == given.tensor.name();
  });
  if (found == tensors.end()) {
    faults.Check(given.field + ".name",
                 absl::InvalidArgumentError(
                     absl::StrFormat("%s of the config is not in the model file, which has %s",
                                     given.what, NamesOf(tensors))));
    return std::nullopt;
  }
  TensorDeclaration result = WithoutBatch(*found, batched);
  const bool typed = given.tensor.data_type() != inference::TYPE_INVALID;
  faults.Check(given.field + (typed ? ".data_type" : ".name"),
               CheckType(given.what, given.tensor.data_type(), result.dtype));
  MergeShape(given, found->has_shape, result, faults);
  return result;
}

absl::Status CheckFormat(const std::string& what, const inference::ModelInput& given,
                         bool batched) {
  if (given.format() == inference::ModelInput::FORMAT_NONE || given.dims_size() == 3 ||
      (!batched && given.dims_size() == 4 && given.dims(0) == 1)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s has format %s and %d dims; an image has three, of channels, height and width", what,
      inference::ModelInput::Format_Name(given.format()), given.dims_size()));
}

TensorFormat FormatOf(inference::ModelInput::Format format) {
  if (format == inference::ModelInput::FORMAT_NHWC) return TensorFormat::kNhwc;
  if (format == inference::ModelInput::FORMAT_NCHW) return TensorFormat::kNchw;
  return TensorFormat::kNone;
}

void MergeInput(const inference::ModelInput& config, int index, const FileDeclarations& file,
                ModelSpec& spec, ConfigFaults& faults) {
  const Given<inference::ModelInput> given{config, absl::StrFormat("input[%d]", index),
                                           "input " + Quote(config.name())};
  const bool batched = spec.max_batch_size > 0;
  auto merged = Merge(given, file.inputs, batched, faults);
  if (!merged.has_value()) return;
  faults.Check(given.field + ".format", CheckFormat(given.what, config, batched));
  merged->format = FormatOf(config.format());
  for (TensorDeclaration& input : spec.inputs) {
    if (input.name == merged->name) input = *merged;
  }
}

// Every name but the last of those that occur twice.
template <typename ConfigTensors>
void CheckTwice(const char* kind, const ConfigTensors& tensors, ConfigFaults& faults) {
  std::vector<std::string> seen;
  for (int i = 0; i < tensors.size(); ++i) {
    const std::string& name = tensors[i].name();
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      faults.Check(
          absl::StrFormat("%s[%d].name", kind, i),
          absl::InvalidArgumentError(absl::StrFormat("%s %s is listed twice", kind, Quote(name))));
    }
    seen.push_back(name);
  }
}

void MergeInputs(const ModelConfig& config, const FileDeclarations& file, ModelSpec& spec,
                 ConfigFaults& faults) {
  const bool batched = spec.max_batch_size > 0;
  for (const Tensor& tensor : file.inputs) {
    if (!tensor.has_shape) {
      faults.Check(
          "", absl::UnimplementedError(absl::StrFormat("input %s has no shape in the model file",
                                                       Quote(tensor.declaration.name))));
    }
    spec.inputs.push_back(WithoutBatch(tensor, batched));
  }
  if (config.input_size() > 0 && config.input_size() != static_cast<int>(file.inputs.size())) {
    faults.Check("input", absl::InvalidArgumentError(absl::StrFormat(
                              "the config lists %d inputs, the model file %d: %s",
                              config.input_size(), file.inputs.size(), NamesOf(file.inputs))));
  }
  CheckTwice("input", config.input(), faults);
  for (int i = 0; i < config.input_size(); ++i) MergeInput(config.input(i), i, file, spec, faults);
}

void MergeOutputs(const ModelConfig& config, const FileDeclarations& file, ModelSpec& spec,
                  ConfigFaults& faults) {
  const bool batched = spec.max_batch_size > 0;
  CheckTwice("output", config.output(), faults);
  for (int i = 0; i < config.output_size(); ++i) {
    const Given<inference::ModelOutput> given{config.output(i), absl::StrFormat("output[%d]", i),
                                              "output " + Quote(config.output(i).name())};
    auto merged = Merge(given, file.outputs, batched, faults);
    if (!merged.has_value()) continue;
    merged->label_filename = config.output(i).label_filename();
    spec.outputs.push_back(*std::move(merged));
  }
  if (config.output_size() > 0) return;
  for (const Tensor& tensor : file.outputs) spec.outputs.push_back(WithoutBatch(tensor, batched));
}

// Stock image clients ask for the format of the input.
void CompleteFormat(ModelSpec& spec) {
  if (!spec.image.has_value() || spec.inputs[0].format != TensorFormat::kNone) return;
  spec.inputs[0].format =
      spec.image->layout == ImageLayout::kNchw ? TensorFormat::kNchw : TensorFormat::kNhwc;
}

void ReadParameters(const ModelConfig& config, ModelSpec& spec, ConfigFaults& faults) {
  if (spec.inputs.size() == 1) {
    spec.image = ImageSettingsOf(config, spec.inputs[0], spec.max_batch_size > 0, faults);
    CompleteFormat(spec);
  }
  const auto softmax = BoolParameter(config, "classify_softmax");
  if (faults.Check("parameters['classify_softmax']", softmax.status())) {
    spec.classify_softmax = softmax->value_or(false);
  }
  for (const auto& [key, value] : config.parameters()) {
    if (key.starts_with("image_") || key == "classify_softmax") continue;
    spec.parameters[key] = value.string_value();
  }
}

absl::Status CheckModelFilename(const std::string& name) {
  if (name.find('/') == std::string::npos && name != "." && name != "..") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("default_model_filename is %s, but must be a plain file name", Quote(name)));
}

void ReadIdentity(const std::string& name, const ModelConfig& config, ModelSpec& spec,
                  ConfigFaults& faults) {
  spec.name = name;
  if (!config.name().empty() && config.name() != name) {
    faults.Check("name", absl::InvalidArgumentError(
                             absl::StrFormat("the config names the model %s, its directory '%s'",
                                             Quote(config.name()), name)));
  }
  const bool triton =
      config.platform().starts_with("onnxruntime") || config.backend().starts_with("onnxruntime");
  spec.platform = triton ? "onnxruntime_onnx" : "convoy";
  const std::string& file = config.default_model_filename();
  faults.Check("default_model_filename", CheckModelFilename(file));
  if (!file.empty()) spec.model_filename = file;
}

}  // namespace

SpecResult BuildSpec(const std::string& name, const ModelConfig& config,
                     const FileDeclarations& file, int64_t default_max_batch_size) {
  ConfigFaults faults;
  ModelSpec spec;
  ReadIdentity(name, config, spec, faults);
  spec.max_batch_size = MaxBatchSize(config, file, default_max_batch_size, faults);
  MergeInputs(config, file, spec, faults);
  MergeOutputs(config, file, spec, faults);
  ReadParameters(config, spec, faults);
  spec.version_policy = ReadVersionPolicy(config, faults);
  spec.batching = ReadBatching(config, spec, faults);
  spec.instance_groups = ReadInstanceGroups(config, spec, faults);
  spec.warmup = ReadWarmup(config, spec, faults);
  spec.response_cache = config.response_cache().enable();
  spec.metric_tags = ReadMetricTags(config, faults);
  return {std::move(spec), faults.list()};
}

absl::StatusOr<ModelSpec> MakeSpec(const std::string& name, const ModelConfig& config,
                                   const FileDeclarations& file, int64_t default_max_batch_size) {
  SpecResult result = BuildSpec(name, config, file, default_max_batch_size);
  if (!result.faults.empty()) return result.faults.front().status;
  return std::move(result.spec);
}

absl::StatusOr<std::vector<std::string>> ParseLabels(const std::string& text) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  if (lines > kMaxLabels) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there are %d labels; at most %d are allowed", lines, kMaxLabels));
  }
  std::vector<std::string> labels = absl::StrSplit(text, '\n');
  for (size_t i = 0; i < labels.size(); ++i) {
    std::string& label = labels[i];
    if (!label.empty() && label.back() == '\r') label.pop_back();
    if (compute::IsUtf8(label) && label.find('\0') == std::string::npos) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("line %d of the labels is no text in UTF-8", i + 1));
  }
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  return labels;
}

}  // namespace convoy::models
