#include "models/config/config_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/config/field_table.h"
#include "models/config/parse_error.h"
#include "models/config/serving_settings.h"

namespace convoy::models {
namespace {

using compute::Quote;
using inference::ModelConfig;

constexpr int kMaxNesting = 32;

// Keeps the first error; lines and columns count from 0.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!message_.empty()) return;
    line_ = line;
    column_ = column;
    message_ = message;
  }
  int line() const { return line_; }
  int column() const { return column_; }
  const std::string& message() const { return message_; }

 private:
  int line_ = 0;
  int column_ = 0;
  std::string message_;
};

absl::Status CheckEngine(const char* field, const std::string& given) {
  if (given.empty() || given == "onnxruntime_onnx" || given == "onnxruntime" || given == "convoy") {
    return absl::OkStatus();
  }
  return absl::UnimplementedError(
      absl::StrFormat("%s %s is not supported; supported are 'onnxruntime_onnx', 'onnxruntime' and "
                      "'convoy', for ONNX files",
                      field, Quote(given)));
}

std::vector<ConfigFault> FindFaults(const ModelConfig& config) {
  ConfigFaults faults;
  faults.Check("platform", CheckEngine("platform", config.platform()));
  faults.Check("backend", CheckEngine("backend", config.backend()));
  for (const ConfigFault& fault : FindRefused(config)) faults.Check(fault.field, fault.status);
  return faults.list();
}

}  // namespace

struct ConfigFile::Parsed {
  std::string text;
  std::string file;
  ModelConfig config;
  google::protobuf::TextFormat::ParseInfoTree tree;
  std::vector<ConfigFault> faults;
  ConfigPlace error_place;  // of text that cannot be read
};

ConfigFile::ConfigFile() : parsed_(std::make_shared<Parsed>()) {}
ConfigFile::ConfigFile(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

ConfigFile ConfigFile::Parse(const std::string& text, const std::string& file) {
  auto parsed = std::make_shared<Parsed>();
  parsed->file = file;
  if (static_cast<int64_t>(text.size()) > kMaxConfigBytes) {
    parsed->faults = {
        {"", absl::InvalidArgumentError(absl::StrFormat("it has %d bytes; at most %d are allowed",
                                                        text.size(), kMaxConfigBytes))}};
    return ConfigFile(std::move(parsed));
  }
  parsed->text = text;
  const size_t first = text.find_first_not_of(" \t\r\n");
  first != std::string::npos&& text[first] == '{' ? ParseJson(*parsed) : ParseText(*parsed);
  if (parsed->faults.empty()) parsed->faults = FindFaults(parsed->config);
  return ConfigFile(std::move(parsed));
}

void ConfigFile::ParseText(Parsed& parsed) {
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(kMaxNesting);
  parser.WriteLocationsTo(&parsed.tree);
  if (parser.ParseFromString(parsed.text, &parsed.config)) return;
  const ParseError explained = ExplainParseError(error.message(), ModelConfig::descriptor());
  parsed.config.Clear();
  parsed.error_place = PlaceOfWord(parsed.text, error.line(), error.column(), explained.word);
  parsed.faults = {{"", absl::InvalidArgumentError(explained.message)}};
}

void ConfigFile::ParseJson(Parsed& parsed) {
  const auto status = google::protobuf::util::JsonStringToMessage(parsed.text, &parsed.config);
  if (status.ok()) return;
  parsed.config.Clear();
  parsed.faults = {
      {"", absl::InvalidArgumentError(absl::StrFormat("it is no model configuration in JSON: %s",
                                                      Quote(std::string(status.message()))))}};
}

const ModelConfig& ConfigFile::proto() const { return parsed_->config; }

const std::vector<ConfigFault>& ConfigFile::faults() const { return parsed_->faults; }

absl::Status ConfigFile::status() const {
  return parsed_->faults.empty() ? absl::OkStatus() : Explain(parsed_->faults.front());
}

std::vector<ConfigFault> ConfigFile::Warnings() const { return FindLeftOut(parsed_->config); }

ConfigPlace ConfigFile::PlaceOf(const ConfigFault& fault) const {
  if (fault.field.empty()) return parsed_->error_place;
  return PlaceOfField(parsed_->text, parsed_->config, parsed_->tree, fault.field);
}

absl::Status ConfigFile::Explain(const ConfigFault& fault) const {
  if (parsed_->file.empty()) return fault.status;
  const ConfigPlace place = PlaceOf(fault);
  const std::string message(fault.status.message());
  if (place.line == 0) {
    return absl::Status(fault.status.code(), absl::StrFormat("%s: %s", parsed_->file, message));
  }
  const size_t indent = std::min(place.source.find_first_not_of(' '), place.source.size());
  return absl::Status(
      fault.status.code(),
      absl::StrFormat("%s:%d:%d: %s%s The line is '%s'", parsed_->file, place.line, place.column,
                      message, message.ends_with('?') ? "" : ".", place.source.substr(indent)));
}

absl::StatusOr<ModelConfig> ParseConfig(const std::string& text, const std::string& file) {
  const ConfigFile parsed = ConfigFile::Parse(text, file);
  CONVOY_RETURN_IF_ERROR(parsed.status());
  return parsed.proto();
}

VersionPolicy VersionPolicyOf(const ModelConfig& config) {
  ConfigFaults ignored;
  return ReadVersionPolicy(config, ignored);
}

}  // namespace convoy::models
