#include "cli/model_choice.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "compute/base/nearest.h"
#include "compute/base/status.h"
#include "models/repository/repository.h"

namespace convoy::cli {
namespace {

std::string NamesOf(const models::Snapshot& snapshot) {
  std::string names;
  for (const models::ModelEntry& model : snapshot.models) {
    names += (names.empty() ? "" : ", ") + model.name;
  }
  return names.empty() ? "none" : names;
}

absl::StatusOr<models::ModelEntry> ChooseModel(const models::Snapshot& snapshot,
                                               const ModelChoice& choice) {
  if (choice.name.empty() && snapshot.models.size() == 1) return snapshot.models.front();
  if (choice.name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' holds %d models (%s); choose one by its name.", choice.repository,
                        snapshot.models.size(), NamesOf(snapshot)));
  }
  std::vector<std::string> names;
  for (const models::ModelEntry& model : snapshot.models) {
    if (model.name == choice.name) return model;
    names.push_back(model.name);
  }
  const std::string nearest = compute::Nearest(choice.name, names);
  const std::string hint = nearest.empty() ? "" : absl::StrFormat(" Did you mean '%s'?", nearest);
  return absl::NotFoundError(absl::StrFormat("'%s' holds no model '%s'; it has: %s.%s",
                                             choice.repository, choice.name, NamesOf(snapshot),
                                             hint));
}

}  // namespace

absl::StatusOr<models::ModelSource> ChooseSource(const ModelChoice& choice) {
  const std::vector<std::string> paths = {choice.repository};
  CONVOY_ASSIGN_OR_RETURN(const models::Snapshot snapshot,
                          models::Scan(models::DiskFileTree(), paths));
  CONVOY_ASSIGN_OR_RETURN(const models::ModelEntry model, ChooseModel(snapshot, choice));
  CONVOY_RETURN_IF_ERROR(model.status);
  if (choice.version.empty()) return model.versions.back();
  std::string served;
  for (const models::ModelSource& source : model.versions) {
    const std::string version = std::to_string(source.version);
    if (version == choice.version) return source;
    served += (served.empty() ? "" : ", ") + version;
  }
  return absl::NotFoundError(absl::StrFormat("Model '%s' has no version '%s'; it has: %s.",
                                             model.name, choice.version, served));
}

ModelChoice ModelArguments::FromArguments() const {
  if (repository.empty()) return {model, "", version};
  return {repository, model, version};
}

void AddModelArguments(CLI::App& command, ModelArguments* arguments) {
  command
      .add_option("MODEL", arguments->model,
                  "An .onnx file, a model folder, or with --repository a model's name")
      ->required();
  command.add_option("--repository", arguments->repository, "The repository that holds the model")
      ->type_name("DIR");
  command.add_option("-x,--model-version", arguments->version, "Version [the highest]");
}

}  // namespace convoy::cli
