// config.pbtxt: Triton's model configuration in protobuf's text format. Pure.
//
//   CONVOY_ASSIGN_OR_RETURN(inference::ModelConfig config, ParseConfig(text, "unet/config.pbtxt"));
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/model_config.pb.h"

namespace convoy::models {

inline constexpr int64_t kMaxConfigBytes = int64_t{1} << 20;

// `file` is for messages. INVALID_ARGUMENT names file, line, column and field of what cannot be
// read;
// UNIMPLEMENTED what Convoy does not do: leaving it out silently would change the model's answers.
absl::StatusOr<inference::ModelConfig> ParseConfig(const std::string& text,
                                                   const std::string& file);

// Which of a model's versions are served.
struct VersionPolicy {
  enum class Kind { kLatest, kAll, kSpecific };
  Kind kind = Kind::kLatest;
  int64_t latest = 1;
  std::vector<int64_t> specific;
};
VersionPolicy VersionPolicyOf(const inference::ModelConfig& config);

// The versions to serve of those `found`, ascending. INVALID_ARGUMENT when none is left or a
// specific one is missing.
absl::StatusOr<std::vector<int64_t>> ChooseVersions(const VersionPolicy& policy,
                                                    std::vector<int64_t> found);

}  // namespace convoy::models
