#include "models/model_files.h"

#include <string>
#include <utility>

#include "compute/base/inside_path.h"
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

}  // namespace

FileDeclarations DeclarationsOf(const OnnxModel& onnx) {
  FileDeclarations file;
  for (const OnnxDeclaration& input : onnx.inputs()) file.inputs.push_back(ToDeclared(input));
  for (const OnnxDeclaration& output : onnx.outputs()) file.outputs.push_back(ToDeclared(output));
  return file;
}

absl::StatusOr<inference::ModelConfig> ReadConfig(const std::string& directory) {
  const DiskFileTree disk;
  const std::string path = directory + "/config.pbtxt";
  if (directory.empty() || disk.KindOf(path) == FileKind::kMissing) {
    return inference::ModelConfig();
  }
  CONVOY_ASSIGN_OR_RETURN(const std::string text, disk.Read(path, kMaxConfigBytes));
  return ParseConfig(text, path);
}

absl::StatusOr<std::vector<std::string>> ReadLabels(const std::string& directory,
                                                    const inference::ModelConfig& config) {
  if (directory.empty()) return std::vector<std::string>();
  const DiskFileTree disk;
  std::string name = config.output_size() > 0 ? config.output(0).label_filename() : "";
  if (name.empty()) {
    name = "labels.txt";
    if (disk.KindOf(directory + "/" + name) == FileKind::kMissing) {
      return std::vector<std::string>();
    }
  }
  auto path = compute::ResolveInside(directory, name);
  if (!path.ok()) return WithContext(path.status(), "while reading the labels");
  CONVOY_ASSIGN_OR_RETURN(const std::string text, disk.Read(*path, kMaxLabelsBytes));
  return ParseLabels(text);
}

absl::StatusOr<ModelFiles> ReadModelFiles(const ModelSource& source,
                                          int64_t default_max_batch_size) {
  CONVOY_ASSIGN_OR_RETURN(inference::ModelConfig config, ReadConfig(source.directory));
  CONVOY_ASSIGN_OR_RETURN(OnnxModel file, OnnxModel::Read(source.model_path, source.name));
  auto onnx = std::make_shared<const OnnxModel>(std::move(file));
  CONVOY_ASSIGN_OR_RETURN(
      ModelSpec spec, MakeSpec(source.name, config, DeclarationsOf(*onnx), default_max_batch_size));
  CONVOY_ASSIGN_OR_RETURN(spec.labels, ReadLabels(source.directory, config));
  const bool softmax_given = config.parameters().contains("classify_softmax");
  return ModelFiles{std::move(onnx), std::move(config), std::move(spec), softmax_given};
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
  inference::ModelConfig config = files.config;
  config.set_max_batch_size(0);
  CONVOY_ASSIGN_OR_RETURN(ModelSpec spec,
                          MakeSpec(files.spec.name, config, DeclarationsOf(*files.onnx), 0));
  spec.labels = files.spec.labels;
  return spec;
}

}  // namespace convoy::models
