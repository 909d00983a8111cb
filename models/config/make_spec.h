// config.pbtxt and the model file's own declarations, checked against each other and merged into
// one ModelSpec. Without a config everything follows from the file. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/model_config.pb.h"
#include "models/config/config_fault.h"
#include "models/config/model_spec.h"

namespace convoy::models {

// What the model file declares, batch dimension included. Where an output's shape is unknown its
// dims are empty and `has_shape` is false.
struct FileDeclarations {
  struct Tensor {
    TensorDeclaration declaration;
    bool has_shape = true;
  };
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

struct SpecResult {
  ModelSpec spec;
  std::vector<ConfigFault> faults;  // all that is wrong; the spec is good when there is nothing
};

// `config` is the default message where there is no config.pbtxt. Inputs come in the file's order,
// outputs in the config's where it lists them. classify_softmax is false unless the config says
// so, labels are left empty. INVALID_ARGUMENT names the field, the given value and what the file
// says.
SpecResult BuildSpec(const std::string& name, const inference::ModelConfig& config,
                     const FileDeclarations& file, int64_t default_max_batch_size);

// The spec alone, or the first fault.
absl::StatusOr<ModelSpec> MakeSpec(const std::string& name, const inference::ModelConfig& config,
                                   const FileDeclarations& file, int64_t default_max_batch_size);

// A labels file: one label a line, line i = index i; the end of line may be CR LF, and trailing
// empty lines do not count. INVALID_ARGUMENT for more than kMaxLabels and for what is no text in
// UTF-8: labels go into replies.
inline constexpr int64_t kMaxLabels = 1 << 20;
absl::StatusOr<std::vector<std::string>> ParseLabels(const std::string& text);

}  // namespace convoy::models
