// What loading reads from disk: the ONNX file, config.pbtxt and labels, merged into a ModelSpec.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/model_config.pb.h"
#include "models/config/make_spec.h"
#include "models/config/model_spec.h"
#include "models/onnx/onnx_model.h"
#include "models/repository/model_source.h"

namespace convoy::models {

struct ModelFiles {
  std::shared_ptr<const OnnxModel> onnx;
  inference::ModelConfig config;  // the default message where there is no config.pbtxt
  ModelSpec spec;
  bool softmax_given = false;  // the config says whether Classify applies softmax
};

absl::StatusOr<ModelFiles> ReadModelFiles(const ModelSource& source,
                                          int64_t default_max_batch_size);

// The parts of ReadModelFiles. config.pbtxt of a model's directory; the default message without
// one.
absl::StatusOr<inference::ModelConfig> ReadConfig(const std::string& directory);
FileDeclarations DeclarationsOf(const OnnxModel& onnx);
// The labels file that the config names for output 0, else labels.txt where there is one.
absl::StatusOr<std::vector<std::string>> ReadLabels(const std::string& directory,
                                                    const inference::ModelConfig& config);

// The outputs of the spec as indices into onnx->outputs(): a config may list some of them only.
std::vector<size_t> ServedOutputs(const ModelFiles& files);

// The spec of the same files if requests had no batch dimension.
absl::StatusOr<ModelSpec> SpecWithoutBatch(const ModelFiles& files);

}  // namespace convoy::models
