#include "models/config/ignored_fields.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"
#include "compute/base/quote.h"

namespace convoy::models {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What config_file.cc, make_spec.cc, image_settings.cc and the repository's scan use.
constexpr std::string_view kUsed[] = {
    "name",
    "platform",
    "backend",
    "version_policy",
    "max_batch_size",
    "default_model_filename",
    "input.name",
    "input.data_type",
    "input.dims",
    "output.name",
    "output.data_type",
    "output.dims",
    "output.label_filename",
    "dynamic_batching.max_queue_delay_microseconds",
    "dynamic_batching.default_queue_policy.max_queue_size",
    "parameters",
};

bool IsUsed(const std::string& path) {
  return std::find(std::begin(kUsed), std::end(kUsed), path) != std::end(kUsed);
}

// A field inside of it is used.
bool LeadsToUsed(const std::string& path) {
  return std::any_of(std::begin(kUsed), std::end(kUsed),
                     [&](std::string_view used) { return used.starts_with(path + "."); });
}

void Walk(const Message& message, const std::string& prefix, std::vector<std::string>& ignored) {
  const google::protobuf::Reflection& fields = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  fields.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const std::string path = prefix + field->name();
    if (IsUsed(path)) continue;
    if (!LeadsToUsed(path)) {
      if (std::find(ignored.begin(), ignored.end(), path) == ignored.end()) ignored.push_back(path);
    } else if (field->is_repeated()) {
      for (int i = 0; i < fields.FieldSize(message, field); ++i) {
        Walk(fields.GetRepeatedMessage(message, field, i), path + ".", ignored);
      }
    } else {
      Walk(fields.GetMessage(message, field), path + ".", ignored);
    }
  }
}

}  // namespace

std::vector<std::string> IgnoredFields(const inference::ModelConfig& config) {
  std::vector<std::string> ignored;
  Walk(config, "", ignored);
  std::vector<std::string> keys;
  for (const auto& [key, value] : config.parameters()) {
    // Keys that begin so and do not exist are errors of ImageSettingsOf.
    const bool used = key.rfind("image_", 0) == 0 || key == "classify_softmax";
    if (!used) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  for (const std::string& key : keys) {
    ignored.push_back(absl::StrFormat("parameters[%s]", compute::Quote(key)));
  }
  return ignored;
}

}  // namespace convoy::models
