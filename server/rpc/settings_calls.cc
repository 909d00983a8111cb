#include "server/rpc/settings_calls.h"

#include <string>
#include <utility>

#include "compute/base/log.h"
#include "compute/base/log_settings.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::LogFormat;
using compute::LogSettings;
using compute::Quote;
using LogValue = inference::LogSettingsRequest::SettingValue;

// The protocol's names, and our own for JSON.
constexpr std::pair<const char*, LogFormat> kFormats[] = {
    {"default", LogFormat::kDefault}, {"ISO8601", LogFormat::kIso8601}, {"JSON", LogFormat::kJson}};

const char* NameOf(LogFormat format) {
  for (const auto& [name, known] : kFormats) {
    if (known == format) return name;
  }
  return "";
}

absl::Status WrongType(const std::string& key, const char* expected) {
  return absl::InvalidArgumentError(
      absl::StrFormat("invalid value type for log setting '%s', expected %s", key, expected));
}

absl::Status SetBool(const std::string& key, const LogValue& value, bool& setting) {
  if (!value.has_bool_param()) return WrongType(key, "bool_param");
  setting = value.bool_param();
  return absl::OkStatus();
}

absl::Status SetFormat(const LogValue& value, LogFormat& format) {
  if (!value.has_string_param()) return WrongType("log_format", "string_param");
  const std::string& text = value.string_param();
  for (const auto& [name, known] : kFormats) {
    if (text != name) continue;
    format = known;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("invalid argument for log_format, got: %s; it is 'default', 'ISO8601' or "
                      "'JSON'",
                      Quote(text)));
}

absl::Status Set(const std::string& key, const LogValue& value, LogSettings& settings) {
  if (key == "log_info") return SetBool(key, value, settings.info);
  if (key == "log_warning") return SetBool(key, value, settings.warning);
  if (key == "log_error") return SetBool(key, value, settings.error);
  if (key == "log_format") return SetFormat(value, settings.format);
  if (key == "log_verbose_level") {
    if (!value.has_uint32_param()) return WrongType(key, "uint32_param");
    settings.verbose_level = value.uint32_param();
    return absl::OkStatus();
  }
  if (key == "log_file") {
    return absl::UnimplementedError(
        "log file location can not be updated through network protocol");
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is no log setting; there are log_info, log_warning, log_error, "
                      "log_verbose_level and log_format",
                      Quote(key)));
}

void Fill(const LogSettings& settings, inference::LogSettingsResponse& response) {
  const auto value = [&](const std::string& key) -> auto& {
    return (*response.mutable_settings())[key];
  };
  value("log_file").set_string_param("");
  value("log_info").set_bool_param(settings.info);
  value("log_warning").set_bool_param(settings.warning);
  value("log_error").set_bool_param(settings.error);
  value("log_verbose_level").set_uint32_param(settings.verbose_level);
  value("log_format").set_string_param(NameOf(settings.format));
}

}  // namespace

absl::Status ChangeTraceSettings(const inference::TraceSettingRequest& request,
                                 const Registry& registry, TraceSettings& settings,
                                 inference::TraceSettingResponse& response) {
  const std::string& model = request.model_name();
  // Settings are kept by model: only for those that there are, or they would grow without end.
  if (!model.empty() && !registry.Knows(model)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Request for unknown model : %s", Quote(model)));
  }
  SettingValues changes;
  for (const auto& [key, value] : request.settings()) {
    changes[key] = {value.value().begin(), value.value().end()};
  }
  if (!changes.empty()) CONVOY_RETURN_IF_ERROR(settings.Update(model, changes));
  for (const auto& [key, values] : settings.ValuesFor(model)) {
    auto& value = (*response.mutable_settings())[key];
    for (const std::string& each : values) value.add_value(each);
  }
  return absl::OkStatus();
}

absl::Status ChangeLogSettings(const inference::LogSettingsRequest& request,
                               inference::LogSettingsResponse& response) {
  LogSettings settings = compute::GetLogSettings();
  for (const auto& [key, value] : request.settings()) {
    CONVOY_RETURN_IF_ERROR(Set(key, value, settings));
  }
  if (!request.settings().empty()) compute::ChangeLogSettings(settings);
  Fill(settings, response);
  return absl::OkStatus();
}

}  // namespace convoy::server
