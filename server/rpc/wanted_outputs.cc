#include "server/rpc/wanted_outputs.h"

#include <algorithm>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "server/rpc/class_text.h"

namespace convoy::server {
namespace {

using compute::Quote;
using models::ModelSpec;
using Output = inference::ModelInferRequest::InferRequestedOutputTensor;

absl::StatusOr<int64_t> ClassCount(const Output& output) {
  const auto parameter = output.parameters().find("classification");
  if (parameter == output.parameters().end()) return 0;
  if (!parameter->second.has_int64_param()) {
    return absl::InvalidArgumentError(
        "invalid value type for 'classification' parameter, expected int64_param");
  }
  const int64_t classes = parameter->second.int64_param();
  if (classes < 1) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "invalid value for 'classification' parameter, expected > 0, got %d", classes));
  }
  return classes;
}

absl::StatusOr<WantedOutput> MatchOutput(const Output& output, const ModelSpec& spec,
                                         const SharedMemory& memory) {
  WantedOutput wanted{.index = FindByName(spec.outputs, output.name())};
  if (wanted.index < 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("unexpected inference output %s for model '%s', which gives %s",
                        Quote(output.name()), spec.name, NameList(spec.outputs)));
  }
  CONVOY_ASSIGN_OR_RETURN(wanted.classes, ClassCount(output));
  if (wanted.classes > 0) {
    CONVOY_RETURN_IF_ERROR(CheckClassifiable(spec.outputs[static_cast<size_t>(wanted.index)]));
  }
  if (!LiesInSharedMemory(output.parameters())) return wanted;
  if (wanted.classes > 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("output can't set both 'shared_memory_region' and 'classification'; output "
                        "'%s' does",
                        output.name()));
  }
  CONVOY_ASSIGN_OR_RETURN(wanted.place, FindPlace(output.parameters(), output.name(), memory));
  return wanted;
}

}  // namespace

std::string NameList(const std::vector<models::TensorDeclaration>& declarations) {
  std::string names;
  for (const models::TensorDeclaration& declaration : declarations) {
    names += absl::StrFormat("%s'%s'", names.empty() ? "" : ", ", declaration.name);
  }
  return names;
}

int FindByName(const std::vector<models::TensorDeclaration>& declarations, std::string_view name) {
  const auto it =
      std::find_if(declarations.begin(), declarations.end(),
                   [&](const models::TensorDeclaration& each) { return each.name == name; });
  return it == declarations.end() ? -1 : static_cast<int>(it - declarations.begin());
}

absl::StatusOr<std::vector<WantedOutput>> MatchOutputs(const inference::ModelInferRequest& request,
                                                       const ModelSpec& spec,
                                                       const SharedMemory& memory) {
  std::vector<WantedOutput> wanted;
  for (const Output& output : request.outputs()) {
    CONVOY_ASSIGN_OR_RETURN(WantedOutput match, MatchOutput(output, spec, memory));
    for (const WantedOutput& other : wanted) {
      if (other.index != match.index) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("output '%s' already exists in request", output.name()));
    }
    wanted.push_back(std::move(match));
  }
  if (wanted.empty()) {
    for (size_t i = 0; i < spec.outputs.size(); ++i) wanted.push_back({static_cast<int>(i)});
  }
  std::sort(wanted.begin(), wanted.end(),
            [](const WantedOutput& a, const WantedOutput& b) { return a.index < b.index; });
  return wanted;
}

}  // namespace convoy::server
