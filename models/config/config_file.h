// config.pbtxt: Triton's model configuration in protobuf's text format. A client that loads a model
// may send one as JSON in its place. Pure.
//
//   const ConfigFile file = ConfigFile::Parse(text, "unet/config.pbtxt");
//   CONVOY_RETURN_IF_ERROR(file.status());
//   file.proto().max_batch_size();
//   return file.Explain(fault);       // "unet/config.pbtxt:3:5: ... The line is 'dims: [3]'"
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/model_config.pb.h"
#include "models/config/config_fault.h"
#include "models/config/config_place.h"
#include "models/config/version_policy.h"

namespace convoy::models {

inline constexpr int64_t kMaxConfigBytes = int64_t{1} << 20;

// A config with the places of its fields. Cheap to copy; immutable.
class ConfigFile {
 public:
  ConfigFile();  // there is no config.pbtxt: nothing is set

  // `file` is for messages. What is wrong is in faults(). Text that begins with '{', which no text
  // format does, is read as JSON; its fields have no places.
  static ConfigFile Parse(const std::string& text, const std::string& file);

  const inference::ModelConfig& proto() const;

  // INVALID_ARGUMENT for text that cannot be read; UNIMPLEMENTED for what Convoy does not do, as
  // leaving it out silently would change the model's answers.
  const std::vector<ConfigFault>& faults() const;
  absl::Status status() const;  // the first of them, explained
  // Fields that are set and left out; see FindLeftOut.
  std::vector<ConfigFault> Warnings() const;

  ConfigPlace PlaceOf(const ConfigFault& fault) const;
  // The fault with file, line, column and the line itself, all in one line.
  absl::Status Explain(const ConfigFault& fault) const;

 private:
  struct Parsed;
  explicit ConfigFile(std::shared_ptr<const Parsed> parsed);
  static void ParseText(Parsed& parsed);
  static void ParseJson(Parsed& parsed);
  std::shared_ptr<const Parsed> parsed_;
};

// The config alone, or the first fault.
absl::StatusOr<inference::ModelConfig> ParseConfig(const std::string& text,
                                                   const std::string& file);

VersionPolicy VersionPolicyOf(const inference::ModelConfig& config);

}  // namespace convoy::models
