#include "models/model_files.h"

#include <string>
#include <utility>

#include "compute/base/inside_path.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "models/config/config_file.h"
#include "models/repository/file_tree.h"

namespace convoy::models {
namespace {

using compute::WithContext;

constexpr int64_t kMaxLabelsBytes = int64_t{16} << 20;

FileDeclarations::Tensor ToDeclared(const OnnxDeclaration& from) {
  // kSymbolicDim and kAnyExtent are the same number.
  static_assert(kSymbolicDim == kAnyExtent);
  return {{from.name, from.dtype, from.dims}, from.has_shape};
}

absl::StatusOr<std::vector<std::string>> ReadLabelFile(const std::string& directory,
                                                       const std::string& name) {
  CONVOY_ASSIGN_OR_RETURN(const std::string path, compute::ResolveInside(directory, name));
  CONVOY_ASSIGN_OR_RETURN(const std::string text, DiskFileTree().Read(path, kMaxLabelsBytes));
  return ParseLabels(text);
}

}  // namespace

FileDeclarations DeclarationsOf(const OnnxModel& onnx) {
  FileDeclarations file;
  for (const OnnxDeclaration& input : onnx.inputs()) file.inputs.push_back(ToDeclared(input));
  for (const OnnxDeclaration& output : onnx.outputs()) file.outputs.push_back(ToDeclared(output));
  return file;
}

absl::StatusOr<ConfigFile> ReadConfig(const ModelSource& source) {
  if (source.config_text.has_value()) {
    return ConfigFile::Parse(*source.config_text, "the given config");
  }
  const DiskFileTree disk;
  const std::string path = source.directory + "/config.pbtxt";
  if (source.directory.empty() || disk.KindOf(path) == FileKind::kMissing) return ConfigFile();
  CONVOY_ASSIGN_OR_RETURN(const std::string text, disk.Read(path, kMaxConfigBytes));
  return ConfigFile::Parse(text, path);
}

void ReadLabels(const std::string& directory, ModelSpec& spec, ConfigFaults& faults) {
  if (directory.empty() || spec.outputs.empty()) return;
  std::string& first = spec.outputs[0].label_filename;
  const bool has_default = DiskFileTree().KindOf(directory + "/labels.txt") != FileKind::kMissing;
  if (first.empty() && has_default) first = "labels.txt";
  spec.more_labels.assign(spec.outputs.size() - 1, {});
  size_t total = 0;
  for (size_t i = 0; i < spec.outputs.size(); ++i) {
    const std::string& name = spec.outputs[i].label_filename;
    if (name.empty()) continue;
    auto labels = ReadLabelFile(directory, name);
    const bool good = faults.Check(absl::StrFormat("output[%d].label_filename", i),
                                   WithContext(labels.status(), "while reading the labels"));
    if (!good) continue;
    total += labels->size();
    if (total > static_cast<size_t>(kMaxLabels)) {
      faults.Check("output",
                   absl::InvalidArgumentError(absl::StrFormat(
                       "the outputs have %d labels; at most %d are allowed", total, kMaxLabels)));
      return;
    }
    (i == 0 ? spec.labels : spec.more_labels[i - 1]) = *std::move(labels);
  }
}

absl::StatusOr<ModelFiles> ReadModelFiles(const ModelSource& source,
                                          int64_t default_max_batch_size) {
  CONVOY_ASSIGN_OR_RETURN(const ConfigFile config, ReadConfig(source));
  CONVOY_RETURN_IF_ERROR(config.status());
  for (const ConfigFault& warning : config.Warnings()) {
    compute::LogWarning("%s", config.Explain(warning).message());
  }
  CONVOY_ASSIGN_OR_RETURN(OnnxModel file, OnnxModel::Read(source.model_path, source.name));
  auto onnx = std::make_shared<const OnnxModel>(std::move(file));
  SpecResult built =
      BuildSpec(source.name, config.proto(), DeclarationsOf(*onnx), default_max_batch_size);
  if (!built.faults.empty()) return config.Explain(built.faults.front());
  ConfigFaults faults;
  ReadLabels(source.directory, built.spec, faults);
  if (!faults.list().empty()) return config.Explain(faults.list().front());
  const bool softmax_given = config.proto().parameters().contains("classify_softmax");
  return ModelFiles{std::move(onnx), config, std::move(built.spec), softmax_given};
}

std::vector<size_t> ServedOutputs(const ModelFiles& files) {
  const std::vector<OnnxDeclaration>& declared = files.onnx->outputs();
  std::vector<size_t> served;
  for (const TensorDeclaration& output : files.spec.outputs) {
    for (size_t i = 0; i < declared.size(); ++i) {
      if (declared[i].name == output.name) served.push_back(i);
    }
  }
  return served;
}

absl::StatusOr<ModelSpec> SpecWithoutBatch(const ModelFiles& files) {
  inference::ModelConfig config = files.config.proto();
  config.set_max_batch_size(0);
  if (config.has_dynamic_batching()) {
    config.mutable_dynamic_batching()->clear_preferred_batch_size();
  }
  CONVOY_ASSIGN_OR_RETURN(ModelSpec spec,
                          MakeSpec(files.spec.name, config, DeclarationsOf(*files.onnx), 0));
  spec.labels = files.spec.labels;
  spec.more_labels = files.spec.more_labels;
  spec.outputs[0].label_filename = files.spec.outputs[0].label_filename;
  return spec;
}

}  // namespace convoy::models
