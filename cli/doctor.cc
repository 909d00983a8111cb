#include "cli/doctor.h"

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/device_facts.h"
#include "cli/table.h"

namespace convoy::cli {
namespace {

using nlohmann::ordered_json;

void PrintLine(const char* label, const std::string& text) {
  std::printf("  %-10s %s\n", label, Printable(text).c_str());
}

std::string Or(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

void PrintDriver(const DriverReport& driver, const Diagnosis& diagnosis) {
  std::printf("\n%s\n", Printable(driver.manifest.path).c_str());
  if (!driver.manifest.source.empty()) PrintLine("named by", driver.manifest.source);
  if (!driver.manifest.library.empty()) PrintLine("library", driver.manifest.library);
  if (!driver.manifest.api_version.empty()) PrintLine("api", driver.manifest.api_version);
  PrintLine("result", OutcomeOf(driver, diagnosis));
  for (const std::string& line : driver.said) PrintLine("it says", line);
}

void PrintPlaces(const Diagnosis& diagnosis) {
  std::printf("Vulkan loader: %s\n",
              Printable(Or(diagnosis.loader_error, "libvulkan.so.1 can be opened")).c_str());
  std::printf("Driver manifests, %zu, were looked for in\n", diagnosis.drivers.size());
  for (const ManifestPlace& place : diagnosis.places) {
    const std::string named = place.source.empty() ? "" : " (" + place.source + ")";
    std::printf("  %s\n", Printable(place.path + named).c_str());
  }
}

void PrintNodes(const Diagnosis& diagnosis) {
  if (diagnosis.nodes.empty()) return;
  std::printf("\nRender nodes\n");
  for (const DeviceNode& node : diagnosis.nodes) {
    std::printf("  %s  mode %04o, user %d, group %d: %s\n", Printable(node.path).c_str(),
                node.mode & 07777U, static_cast<int>(node.owner), static_cast<int>(node.group),
                Printable(Or(WhyNoAccess(node, diagnosis.identity), "can be opened")).c_str());
  }
}

ordered_json DriverJson(const DriverReport& driver, const Diagnosis& diagnosis) {
  ordered_json object = {{"manifest", driver.manifest.path},
                         {"named_by", driver.manifest.source},
                         {"library", driver.manifest.library},
                         {"api_version", driver.manifest.api_version},
                         {"manifest_problem", driver.manifest.problem},
                         {"library_error", driver.library_error},
                         {"failure", driver.failure},
                         {"said", driver.said},
                         {"result", OutcomeOf(driver, diagnosis)}};
  object["devices"] = ordered_json::array();
  for (const auto& device : driver.devices) object["devices"].push_back(device.name);
  return object;
}

ordered_json NodeJson(const DeviceNode& node, const Identity& identity) {
  return {{"path", node.path},
          {"mode", absl::StrFormat("%04o", node.mode & 07777U)},
          {"user", node.owner},
          {"group", node.group},
          {"problem", WhyNoAccess(node, identity)}};
}

}  // namespace

void PrintDiagnosis(const Diagnosis& diagnosis, const Advice& advice, bool verbose) {
  PrintPlaces(diagnosis);
  for (const DriverReport& driver : diagnosis.drivers) PrintDriver(driver, diagnosis);
  PrintNodes(diagnosis);
  for (const auto& device : diagnosis.devices) PrintDeviceFacts(device, verbose);
  if (!advice.findings.empty()) std::printf("\nFindings\n");
  for (const std::string& finding : advice.findings) {
    std::printf("  - %s\n", Printable(finding).c_str());
  }
  std::printf("\nAs things are, serve with\n  %s\n", advice.command.c_str());
}

void PrintDiagnosisJson(const Diagnosis& diagnosis, const Advice& advice) {
  ordered_json object;
  object["usable"] = advice.usable;
  object["loader_error"] = diagnosis.loader_error;
  object["searched"] = ordered_json::array();
  for (const ManifestPlace& place : diagnosis.places) object["searched"].push_back(place.path);
  object["drivers"] = ordered_json::array();
  for (const DriverReport& driver : diagnosis.drivers) {
    object["drivers"].push_back(DriverJson(driver, diagnosis));
  }
  object["render_nodes"] = ordered_json::array();
  for (const DeviceNode& node : diagnosis.nodes) {
    object["render_nodes"].push_back(NodeJson(node, diagnosis.identity));
  }
  object["devices"] = ordered_json::array();
  for (const auto& device : diagnosis.devices) object["devices"].push_back(ToJson(device));
  object["findings"] = advice.findings;
  object["command"] = advice.command;
  std::printf("%s\n", object.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

int RunDoctor(const DoctorOptions& options, bool json) {
  const ReadVariable variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  const Diagnosis diagnosis = Examine(options, variable);
  const Advice advice = Advise(diagnosis, variable);
  if (json) {
    PrintDiagnosisJson(diagnosis, advice);
  } else {
    PrintDiagnosis(diagnosis, advice, options.verbose);
  }
  return advice.usable ? kExitOk : kExitFailure;
}

}  // namespace convoy::cli
