// The one way in which commands name a model on disk:
//
//   convoy inspect resnet50.onnx                        a file
//   convoy inspect models/bundled/lenet5                a model folder
//   convoy inspect --repository models/bundled lenet5   one of a repository
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/repository/model_source.h"

namespace CLI {
class App;
}

namespace convoy::cli {

struct ModelChoice {
  std::string repository;  // or whatever else `convoy serve` accepts
  std::string name;        // empty: the only model
  std::string version;     // empty: the highest
};

// INVALID_ARGUMENT lists the models when `name` is empty and there are several, NOT_FOUND what
// there is instead of the one asked for.
absl::StatusOr<models::ModelSource> ChooseSource(const ModelChoice& choice);

// MODEL, --repository and --model-version. `model` is a path where no repository is given, so ask
// ChooseSource for FromArguments.
struct ModelArguments {
  std::string model;
  std::string repository;
  std::string version;

  ModelChoice FromArguments() const;
};
void AddModelArguments(CLI::App& command, ModelArguments* arguments);

}  // namespace convoy::cli
