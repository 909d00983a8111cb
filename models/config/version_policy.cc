#include "models/config/version_policy.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"

namespace convoy::models {
namespace {

std::string ListOf(const std::vector<int64_t>& values) {
  std::string text;
  for (const int64_t value : values) {
    absl::StrAppendFormat(&text, "%s%d", text.empty() ? "" : ", ", value);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> ChooseVersions(const VersionPolicy& policy,
                                                    std::vector<int64_t> found) {
  std::sort(found.begin(), found.end());
  if (policy.kind == VersionPolicy::Kind::kSpecific) {
    std::vector<int64_t> chosen = policy.specific;
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    if (chosen.empty() ||
        !std::includes(found.begin(), found.end(), chosen.begin(), chosen.end())) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "version_policy asks for the versions %s; there are %s", ListOf(chosen), ListOf(found)));
    }
    return chosen;
  }
  if (found.empty()) return absl::InvalidArgumentError("there is no version");
  if (policy.kind == VersionPolicy::Kind::kLatest) {
    const auto surplus = static_cast<int64_t>(found.size()) - policy.latest;
    if (surplus > 0) found.erase(found.begin(), found.begin() + surplus);
  }
  return found;
}

}  // namespace convoy::models
