#include "server/resolve_settings.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

std::string ValueOf(std::string_view name, const ServerOptions& options) {
  const auto setting = std::ranges::find(Settings(), name, &Setting::name);
  return setting->get(options);
}

absl::Status CheckLoadModels(const ServerOptions& options) {
  const std::vector<std::string>& names = options.load_models;
  if (!names.empty() && options.model_control_mode != ControlMode::kExplicit) {
    return absl::InvalidArgumentError(
        absl::StrFormat("load-model is given, but model-control-mode is '%s'; it needs 'explicit'",
                        ValueOf("model-control-mode", options)));
  }
  if (names.size() > 1 && std::ranges::find(names, "*") != names.end()) {
    return absl::InvalidArgumentError("load-model is given as '*', which must be the only one");
  }
  return absl::OkStatus();
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

}  // namespace

Origin FindOrigin(const Setting& setting, const GivenSettings& given,
                  const EnvironmentReader& environment) {
  if (const auto it = given.find(setting.name); it != given.end() && !it->second.empty()) {
    return {it->second, absl::StrFormat("--%s", setting.name)};
  }
  const std::string variable = EnvironmentName(setting);
  const std::optional<std::string> value = environment(variable);
  if (!value.has_value()) return {};
  if (setting.repeatable) return {Split(*value, setting.separator), variable};
  return {{*value}, variable};
}

absl::StatusOr<ServerOptions> ResolveSettings(const GivenSettings& given,
                                              const EnvironmentReader& environment) {
  ServerOptions options;
  for (const Setting& setting : Settings()) {
    const Origin origin = FindOrigin(setting, given, environment);
    for (const std::string& value : origin.values) {
      CONVOY_RETURN_IF_ERROR(compute::WithContext(setting.set(options, value),
                                                  absl::StrFormat("given by %s", origin.name)));
    }
  }
  CONVOY_RETURN_IF_ERROR(CheckLoadModels(options));
  return options;
}

}  // namespace convoy::server
