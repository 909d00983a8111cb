// What loading reads from disk: the ONNX file, config.pbtxt and labels, merged into a ModelSpec.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/config/config_file.h"
#include "models/config/make_spec.h"
#include "models/config/model_spec.h"
#include "models/onnx/onnx_model.h"
#include "models/repository/model_source.h"

namespace convoy::models {

struct ModelFiles {
  std::shared_ptr<const OnnxModel> onnx;
  ConfigFile config;
  ModelSpec spec;
  bool softmax_given = false;  // the config says whether Classify applies softmax
};

absl::StatusOr<ModelFiles> ReadModelFiles(const ModelSource& source,
                                          int64_t default_max_batch_size);

// The parts of ReadModelFiles. The config that stands in for the file, or else config.pbtxt of the
// directory where there is one; what is wrong with its text is in its faults().
absl::StatusOr<ConfigFile> ReadConfig(const ModelSource& source);
FileDeclarations DeclarationsOf(const OnnxModel& onnx);
// Sets the labels of each output whose label file the config names; output 0 takes labels.txt,
// where there is one, without being told.
void ReadLabels(const std::string& directory, ModelSpec& spec, ConfigFaults& faults);

// The outputs of the spec as indices into onnx->outputs(): a config may list some of them only.
std::vector<size_t> ServedOutputs(const ModelFiles& files);

// The spec of the same files if requests had no batch dimension.
absl::StatusOr<ModelSpec> SpecWithoutBatch(const ModelFiles& files);

}  // namespace convoy::models
