#include "server/options.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "compute/base/status.h"
#include "server/triton_flags.h"

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

// The values of one setting and how to call their origin in a message.
struct Origin {
  std::vector<std::string> values;
  std::string name;
};

Origin FindValues(const Setting& setting, const GivenSettings& given,
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

}  // namespace

std::span<const Setting> Settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> settings(GeneralSettings().begin(), GeneralSettings().end());
    settings.insert(settings.end(), EdgeSettings().begin(), EdgeSettings().end());
    return settings;
  }();
  return all;
}

std::string EnvironmentName(const Setting& setting) {
  std::string name = "CONVOY_";
  for (const char c : setting.name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::optional<std::string> ReadEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

absl::StatusOr<ServerOptions> ResolveOptions(const std::vector<std::string>& paths,
                                             const GivenSettings& given,
                                             const EnvironmentReader& environment) {
  ServerOptions options;
  options.paths = paths;
  for (const Setting& setting : Settings()) {
    const Origin origin = FindValues(setting, given, environment);
    for (const std::string& value : origin.values) {
      CONVOY_RETURN_IF_ERROR(compute::WithContext(setting.set(options, value),
                                                  absl::StrFormat("given by %s", origin.name)));
    }
  }
  CONVOY_RETURN_IF_ERROR(CheckLoadModels(options));
  if (options.paths.empty()) {
    return absl::InvalidArgumentError(
        "Nothing to serve is given: name a model repository, a model directory or an .onnx file");
  }
  return options;
}

std::string RenderConfigurationPage() {
  const ServerOptions defaults;
  std::string page =
      "# Configuration of the server\n\n"
      "`convoy serve PATH...` takes model repositories, model directories and `.onnx` files. Every "
      "setting is a flag and\nan environment variable; a flag beats the variable, which beats the "
      "default. What a single model wants (batch size,\nqueue, images) stands in its "
      "`config.pbtxt`: see [models](models.md).\n\n"
      "This page is rendered from `server/settings_table.cc`, `server/edge_settings.cc` and "
      "`server/triton_flags.cc`, and a test compares the two.\n\n"
      "| flag | variable | default | meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : Settings()) {
    const std::string value = setting.get(defaults);
    page +=
        absl::StrFormat("| `--%s %s` | `%s` | %s | %s |\n", setting.name, setting.value_name,
                        EnvironmentName(setting),
                        value.empty() ? "none" : absl::StrFormat("`%s`", value), setting.meaning);
  }
  return page + RenderTritonFlags();
}

}  // namespace convoy::server
