#include "cli/print_config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/table.h"
#include "compute/base/status.h"
#include "server/resolve_settings.h"
#include "server/triton_flags.h"

namespace convoy::cli {
namespace {

// tritonserver's flag that sets `setting` where the user gave no flag of ours.
std::string TritonOrigin(const server::Setting& setting, const server::GivenSettings& ours,
                         const server::GivenSettings& triton) {
  if (const auto own = ours.find(setting.name); own != ours.end() && !own->second.empty()) {
    return "";
  }
  for (const server::TritonFlag& flag : server::TritonFlags()) {
    const auto given = triton.find(flag.name);
    const bool sets = flag.setting == setting.name && given != triton.end();
    if (sets && !given->second.empty()) return absl::StrCat("--", std::string(flag.name));
  }
  return "";
}

}  // namespace

absl::StatusOr<std::string> RenderConfig(const std::vector<std::string>& paths,
                                         const server::GivenSettings& settings,
                                         const server::GivenSettings& triton,
                                         const server::EnvironmentReader& environment) {
  server::GivenSettings given = settings;
  CONVOY_RETURN_IF_ERROR(server::TakeTritonFlags(triton, given));
  CONVOY_ASSIGN_OR_RETURN(const server::ServerOptions options,
                          server::ResolveSettings(given, environment));
  Table table({"setting", "value", "origin"}, {Align::kLeft, Align::kLeft, Align::kLeft});
  for (const std::string& path : paths) table.AddRow({"PATH", Printable(path), "command line"});
  for (const server::Setting& setting : server::Settings()) {
    const server::Origin origin = server::FindOrigin(setting, given, environment);
    std::string value = setting.get(options);
    if (value.empty()) value = absl::StrJoin(origin.values, " ");  // a list is not told by `get`
    std::string name = origin.name.empty() ? "default" : origin.name;
    if (!origin.values.empty()) {
      const std::string triton_flag = TritonOrigin(setting, settings, triton);
      if (!triton_flag.empty()) name = triton_flag;
    }
    table.AddRow({std::string(setting.name), value.empty() ? "-" : Printable(value), name});
  }
  return table.ToString();
}

}  // namespace convoy::cli
