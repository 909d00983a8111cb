#include "models/config/config_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

using inference::ModelConfig;

constexpr int kMaxNesting = 32;

// Keeps the first error; lines and columns count from 0.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!message_.empty()) return;
    message_ = absl::StrFormat("line %d, column %d: %s", line + 1, column + 1, message);
  }
  const std::string& message() const { return message_; }

 private:
  std::string message_;
};

// The first field in use that Convoy cannot honour; empty when there is none.
std::string UnsupportedTensorField(const ModelConfig& config) {
  for (const inference::ModelInput& input : config.input()) {
    if (input.allow_ragged_batch()) return "input.allow_ragged_batch";
    if (input.is_shape_tensor()) return "input.is_shape_tensor";
    if (input.optional()) return "input.optional";
    if (input.has_reshape()) return "input.reshape";
    if (input.is_non_linear_format_io()) return "input.is_non_linear_format_io";
  }
  for (const inference::ModelOutput& output : config.output()) {
    if (output.is_shape_tensor()) return "output.is_shape_tensor";
    if (output.has_reshape()) return "output.reshape";
    if (output.is_non_linear_format_io()) return "output.is_non_linear_format_io";
  }
  return "";
}

std::string UnsupportedBatchingField(const ModelConfig& config) {
  if (config.has_sequence_batching()) return "sequence_batching";
  if (config.has_ensemble_scheduling()) return "ensemble_scheduling";
  if (config.batch_input_size() > 0) return "batch_input";
  if (config.batch_output_size() > 0) return "batch_output";
  const inference::ModelDynamicBatching& batching = config.dynamic_batching();
  if (batching.priority_levels() > 0) return "dynamic_batching.priority_levels";
  if (batching.priority_queue_policy_size() > 0) return "dynamic_batching.priority_queue_policy";
  const inference::ModelQueuePolicy& queue = batching.default_queue_policy();
  if (queue.default_timeout_microseconds() > 0) {
    return "dynamic_batching.default_queue_policy.default_timeout_microseconds";
  }
  if (queue.timeout_action() != inference::ModelQueuePolicy::REJECT) {
    return "dynamic_batching.default_queue_policy.timeout_action";
  }
  return "";
}

std::string UnsupportedField(const ModelConfig& config) {
  if (config.model_operations().op_library_filename_size() > 0) return "model_operations";
  if (config.model_transaction_policy().decoupled()) return "model_transaction_policy.decoupled";
  if (config.model_repository_agents().agents_size() > 0) return "model_repository_agents";
  const std::string batching = UnsupportedBatchingField(config);
  return batching.empty() ? UnsupportedTensorField(config) : batching;
}

absl::Status CheckBackend(const ModelConfig& config) {
  const std::string& platform = config.platform();
  if (!platform.empty() && platform != "onnxruntime_onnx" && platform != "convoy") {
    return absl::UnimplementedError(
        absl::StrFormat("platform %s is not supported; supported are 'onnxruntime_onnx' and "
                        "'convoy'",
                        compute::Quote(platform)));
  }
  const std::string& backend = config.backend();
  if (!backend.empty() && backend != "onnxruntime" && backend != "convoy") {
    return absl::UnimplementedError(
        absl::StrFormat("backend %s is not supported; supported are 'onnxruntime' and 'convoy'",
                        compute::Quote(backend)));
  }
  return absl::OkStatus();
}

absl::Status CheckSupported(const ModelConfig& config) {
  CONVOY_RETURN_IF_ERROR(CheckBackend(config));
  const std::string field = UnsupportedField(config);
  if (field.empty()) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrFormat("'%s' is not supported by Convoy", field));
}

std::string ListOf(const std::vector<int64_t>& values) {
  std::string text;
  for (const int64_t value : values) {
    absl::StrAppendFormat(&text, "%s%d", text.empty() ? "" : ", ", value);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

absl::StatusOr<ModelConfig> ParseConfig(const std::string& text, const std::string& file) {
  if (static_cast<int64_t>(text.size()) > kMaxConfigBytes) {
    return absl::InvalidArgumentError(absl::StrFormat("%s has %d bytes; at most %d are allowed",
                                                      file, text.size(), kMaxConfigBytes));
  }
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(kMaxNesting);
  ModelConfig config;
  if (!parser.ParseFromString(text, &config)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s cannot be read, %s", file, error.message()));
  }
  const absl::Status status = CheckSupported(config);
  if (!status.ok()) return compute::WithContext(status, absl::StrFormat("in %s", file));
  return config;
}

VersionPolicy VersionPolicyOf(const ModelConfig& config) {
  VersionPolicy policy;
  const inference::ModelVersionPolicy& given = config.version_policy();
  if (given.has_all()) policy.kind = VersionPolicy::Kind::kAll;
  if (given.has_specific()) {
    policy.kind = VersionPolicy::Kind::kSpecific;
    policy.specific.assign(given.specific().versions().begin(), given.specific().versions().end());
  }
  if (given.has_latest()) policy.latest = std::max<int64_t>(1, given.latest().num_versions());
  return policy;
}

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
