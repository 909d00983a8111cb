#include "cli/bench_input.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cli/image_files.h"
#include "client/bench/input_data.h"
#include "client/bench/npy.h"
#include "client/bench/samples.h"
#include "compute/base/status.h"
#include "inference/model_config.pb.h"
#include "models/config/image_settings.h"
#include "models/image/image_input.h"

namespace convoy::cli {
namespace {

using client::ModelDescription;
using client::Sample;
using client::Tensor;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("The file '%s' cannot be opened.", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// 'image label' a line; the label may hold spaces.
absl::StatusOr<std::map<std::string, std::string>> ReadLabels(const std::string& path) {
  std::map<std::string, std::string> labels;
  if (path.empty()) return labels;
  CONVOY_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(absl::ByAnyChar(" \t"), 1));
    if (parts.second.empty()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("The line '%s' of '%s' is no image and its label.", line, path));
    }
    labels[parts.first] = parts.second;
  }
  return labels;
}

absl::StatusOr<std::vector<client::ImageSample>> ReadImages(const BenchFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(const auto labels, ReadLabels(flags.image_labels));
  CONVOY_ASSIGN_OR_RETURN(std::vector<ImageFile> files, ReadImageFiles({flags.images}));
  std::vector<client::ImageSample> images;
  for (ImageFile& file : files) {
    const auto label = labels.find(std::filesystem::path(file.path).filename().string());
    images.push_back({std::move(file.bytes), label == labels.end() ? "" : label->second});
  }
  return images;
}

// "INPUT:3,224,224": the open dimensions of that input, batch left out.
absl::Status ApplyShapes(const std::vector<std::string>& shapes, ModelDescription& model) {
  for (const std::string& text : shapes) {
    const size_t colon = text.rfind(':');
    std::vector<int64_t> dims;
    for (const absl::string_view part :
         absl::StrSplit(colon == std::string::npos ? "" : text.substr(colon + 1), ',')) {
      if (!absl::SimpleAtoi(part, &dims.emplace_back()) || dims.back() <= 0) {
        return absl::InvalidArgumentError(absl::StrFormat(
            "'%s' is no shape; write the input's name and its extents, as INPUT:3,224,224.", text));
      }
    }
    bool found = false;
    for (client::TensorDescription& input : model.inputs) {
      if (input.name != text.substr(0, colon)) continue;
      if (HasBatchDimension(model)) dims.insert(dims.begin(), -1);
      input.shape = dims;
      found = true;
    }
    if (found) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("Model '%s' has no input '%s'.", model.name, text.substr(0, colon)));
  }
  return absl::OkStatus();
}

// The rows of one array: all of it where the model does not batch, or the array has no batch.
std::vector<Tensor> RowsOf(const Tensor& array, const client::TensorDescription& input,
                           bool batched) {
  if (!batched || array.shape.size() != input.shape.size() || array.shape[0] <= 0) {
    return {{input.name, array.datatype, array.shape, array.bytes}};
  }
  std::vector<Tensor> rows;
  const size_t bytes = array.bytes.size() / static_cast<size_t>(array.shape[0]);
  const std::vector<int64_t> shape(array.shape.begin() + 1, array.shape.end());
  for (size_t i = 0; i < static_cast<size_t>(array.shape[0]); ++i) {
    rows.push_back({input.name, array.datatype, shape, array.bytes.substr(i * bytes, bytes)});
  }
  return rows;
}

absl::StatusOr<std::vector<Sample>> NpySamples(const BenchFlags& flags,
                                               const ModelDescription& model) {
  std::vector<Sample> samples;
  for (const client::TensorDescription& input : model.inputs) {
    std::string path;
    for (const std::string& text : flags.npy) {
      const size_t sign = text.find('=');
      const bool named = sign != std::string::npos && text.substr(0, sign) == input.name;
      if (named) path = text.substr(sign + 1);
      if (sign == std::string::npos && model.inputs.size() == 1) path = text;
    }
    if (path.empty()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("No .npy file is given for the model's input '%s'; write --npy %s=FILE.",
                          input.name, input.name));
    }
    CONVOY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
    absl::StatusOr<Tensor> array = client::ParseNpy(bytes);
    if (!array.ok()) {
      return compute::WithContext(array.status(), absl::StrFormat("while reading '%s'", path));
    }
    const std::vector<Tensor> rows = RowsOf(*array, input, HasBatchDimension(model));
    if (samples.empty()) samples.resize(rows.size());
    if (samples.size() != rows.size()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("'%s' has %d rows, the file before it %d; inputs have as many each.",
                          path, rows.size(), samples.size()));
    }
    for (size_t i = 0; i < rows.size(); ++i) samples[i].inputs.push_back(rows[i]);
  }
  return samples;
}

// How the model wants its images, as its config and metadata on the server say.
absl::StatusOr<models::ImageSettings> ImageSettingsOf(const ModelDescription& model,
                                                      const inference::ModelConfig& config,
                                                      compute::DType dtype) {
  const bool batched = HasBatchDimension(model);
  const std::vector<int64_t>& shape = model.inputs[0].shape;
  models::TensorDeclaration input{.name = model.inputs[0].name, .dtype = dtype};
  input.dims.assign(shape.begin() + (batched ? 1 : 0), shape.end());
  models::ConfigFaults faults;
  const auto settings = models::ImageSettingsOf(config, input, batched, faults);
  if (settings.has_value() && settings->height > 0 && settings->width > 0) return *settings;
  return absl::FailedPreconditionError(absl::StrFormat(
      "Model '%s' does not say how it takes images; send them by --as bytes or --as classify.",
      model.name));
}

absl::StatusOr<std::vector<Sample>> ImageTensors(const std::vector<client::ImageSample>& images,
                                                 const ModelDescription& model,
                                                 const inference::ModelConfig& config) {
  const client::TensorDescription& input = model.inputs[0];
  const compute::DType dtype =
      compute::DTypeFromName(input.datatype).value_or(compute::DType::kFloat32);
  CONVOY_ASSIGN_OR_RETURN(const models::ImageSettings settings,
                          ImageSettingsOf(model, config, dtype));
  const int64_t channels = settings.color == models::ColorOrder::kGray ? 1 : 3;
  const bool nchw = settings.layout == models::ImageLayout::kNchw;
  const std::vector<int64_t> shape =
      nchw ? std::vector<int64_t>{channels, settings.height, settings.width}
           : std::vector<int64_t>{settings.height, settings.width, channels};
  std::vector<Sample> samples;
  for (const client::ImageSample& image : images) {
    compute::HostTensor pixels(
        compute::TensorSpec{dtype, compute::Shape(std::span<const int64_t>(shape))});
    CONVOY_RETURN_IF_ERROR(models::DecodeToTensor(std::as_bytes(std::span(image.bytes)), settings,
                                                  pixels.mutable_view()));
    const std::span<const std::byte> bytes = std::as_const(pixels).bytes();
    samples.push_back({{{input.name,
                         input.datatype,
                         shape,
                         {reinterpret_cast<const char*>(bytes.data()), bytes.size()}}},
                       image.expected});
  }
  return samples;
}

// Each image as one element of a BYTES tensor, for servers that decode it.
std::vector<Sample> ImageBytes(const std::vector<client::ImageSample>& images,
                               const ModelDescription& model) {
  std::vector<Sample> samples;
  for (const client::ImageSample& image : images) {
    samples.push_back({{{model.inputs[0].name, "BYTES", {1}, client::BytesElement(image.bytes)}},
                       image.expected});
  }
  return samples;
}

absl::StatusOr<std::vector<Sample>> ImageSamples(const BenchFlags& flags, client::Client& client,
                                                 const ModelDescription& model) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<client::ImageSample> images, ReadImages(flags));
  if (model.inputs.size() != 1) {
    return absl::FailedPreconditionError(
        absl::StrFormat("Model '%s' has %d inputs; images go to models with one.", model.name,
                        model.inputs.size()));
  }
  if (flags.as == "bytes") return ImageBytes(images, model);
  CONVOY_ASSIGN_OR_RETURN(const inference::ModelConfig config,
                          client.ConfigOf(flags.model, flags.version, {}));
  return ImageTensors(images, model, config);
}

absl::StatusOr<std::vector<Sample>> MakeSamples(const BenchFlags& flags, client::Client& client,
                                                const ModelDescription& model) {
  if (!flags.images.empty()) return ImageSamples(flags, client, model);
  if (!flags.npy.empty()) return NpySamples(flags, model);
  if (!flags.input_data.empty()) {
    CONVOY_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.input_data));
    return client::ParseInputData(text, model);
  }
  return client::RandomSamples(model,
                               {.extent = flags.extent, .seed = flags.seed, .zero = flags.zero});
}

std::string SourceOf(const BenchFlags& flags) {
  if (!flags.images.empty()) return absl::StrFormat("images as %s", flags.as);
  if (!flags.npy.empty()) return "npy";
  if (!flags.input_data.empty()) return "JSON";
  return flags.zero ? "zero" : "random";
}

}  // namespace

bool SaysWhatToSend(const BenchFlags& flags, std::string* why) {
  const int sources = (flags.images.empty() ? 0 : 1) + (flags.random || flags.zero ? 1 : 0) +
                      (flags.npy.empty() ? 0 : 1) + (flags.input_data.empty() ? 0 : 1);
  if (sources == 0) {
    *why = "say what to send: --images DIR, or -m MODEL with --random, --npy FILE or --input-data.";
  } else if (sources > 1) {
    *why = "say one thing to send of --images, --random, --npy and --input-data.";
  } else if (flags.model.empty() && (flags.images.empty() || flags.as != "classify")) {
    *why = "say which model by -m MODEL.";
  } else if (!flags.image_labels.empty() && flags.images.empty()) {
    *why = "--labels names images; it needs --images DIR.";
  }
  return why->empty();
}

absl::StatusOr<client::Workload> MakeWorkload(const BenchFlags& flags, client::Client& client) {
  const client::InferOptions options{flags.version, flags.rows};
  if (!flags.images.empty() && flags.as == "classify") {
    CONVOY_ASSIGN_OR_RETURN(const std::vector<client::ImageSample> images, ReadImages(flags));
    return client::ClassifyWorkload(flags.model, options, images);
  }
  CONVOY_ASSIGN_OR_RETURN(ModelDescription model,
                          client.DescribeModel(flags.model, flags.version, {}));
  CONVOY_RETURN_IF_ERROR(ApplyShapes(flags.shapes, model));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<Sample> samples, MakeSamples(flags, client, model));
  return client::InferWorkload(model, options, samples, SourceOf(flags));
}

}  // namespace convoy::cli
