#include "server/options.h"

#include <cctype>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "server/resolve_settings.h"
#include "server/triton_flags.h"

namespace convoy::server {

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
  CONVOY_ASSIGN_OR_RETURN(ServerOptions options, ResolveSettings(given, environment));
  options.paths.insert(options.paths.begin(), paths.begin(), paths.end());
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
      "`config.pbtxt`: see [models](models.md). `convoy serve --print-config` prints every\nvalue "
      "and "
      "where it comes from.\n\n"
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
