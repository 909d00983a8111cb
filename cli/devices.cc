// `convoy devices`: what a model can run on here, and what each device's kernels proved.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/table.h"
#include "compute/runtime/device.h"

namespace convoy::cli {
namespace {

using compute::DeviceFacts;
using compute::DeviceKind;
using compute::KernelVerdict;

struct DevicesFlags {
  compute::DeviceOptions options;
  bool json = false;
  bool verbose = false;
};

std::string_view NameOf(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::kReference:
      return "reference";
    case DeviceKind::kCpu:
      return "cpu";
    case DeviceKind::kVulkan:
      return "vulkan";
  }
  return "unknown";
}

// Why `--device vulkan` would fail; empty when it would not.
std::string WhyNoVulkan(const std::vector<DeviceFacts>& devices) {
  const bool found = std::any_of(devices.begin(), devices.end(), [](const DeviceFacts& device) {
    return device.kind == DeviceKind::kVulkan;
  });
  if (found) return "";
  return std::string(compute::OpenDevice("vulkan", {}).status().message());
}

std::string KernelSummary(const DeviceFacts& device) {
  if (device.verdicts.empty()) return "-";
  const auto passed = std::count_if(device.verdicts.begin(), device.verdicts.end(),
                                    [](const KernelVerdict& verdict) { return verdict.passed; });
  return std::to_string(passed) + " of " + std::to_string(device.verdicts.size());
}

void PrintDetails(const DeviceFacts& device, bool verbose) {
  std::printf("\n%s: %s\n", device.id.c_str(), Printable(device.name).c_str());
  for (const auto& [name, value] : device.properties) {
    std::printf("  %-24s %s\n", name.c_str(), Printable(value).c_str());
  }
  for (const KernelVerdict& verdict : device.verdicts) {
    if (verdict.passed && !verbose) continue;
    std::printf("  kernel %-40s %s\n", verdict.kernel.c_str(),
                verdict.passed ? "proven" : ("SET ASIDE: " + Printable(verdict.reason)).c_str());
  }
}

void PrintText(const std::vector<DeviceFacts>& devices, const std::string& no_vulkan,
               bool verbose) {
  Table table({"--device", "kind", "name", "hardware", "kernels proven"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const DeviceFacts& device : devices) {
    table.AddRow({device.id, std::string(NameOf(device.kind)), device.name,
                  device.software ? "CPU cores" : "GPU", KernelSummary(device)});
  }
  std::fputs(table.ToString().c_str(), stdout);
  for (const DeviceFacts& device : devices) PrintDetails(device, verbose);
  if (!no_vulkan.empty()) std::printf("\nNo Vulkan device: %s\n", Printable(no_vulkan).c_str());
}

nlohmann::ordered_json ToJson(const DeviceFacts& device) {
  nlohmann::ordered_json object;
  object["id"] = device.id;
  object["kind"] = NameOf(device.kind);
  object["name"] = device.name;
  object["software"] = device.software;
  object["properties"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : device.properties) object["properties"][name] = value;
  object["kernels"] = nlohmann::ordered_json::array();
  for (const KernelVerdict& verdict : device.verdicts) {
    object["kernels"].push_back(
        {{"kernel", verdict.kernel}, {"passed", verdict.passed}, {"reason", verdict.reason}});
  }
  return object;
}

void PrintJson(const std::vector<DeviceFacts>& devices, const std::string& no_vulkan) {
  nlohmann::ordered_json object;
  object["devices"] = nlohmann::ordered_json::array();
  for (const DeviceFacts& device : devices) object["devices"].push_back(ToJson(device));
  if (!no_vulkan.empty()) object["no_vulkan"] = no_vulkan;
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int ShowDevices(const DevicesFlags& flags) {
  const std::vector<DeviceFacts> devices = compute::ListDevices(flags.options);
  const std::string no_vulkan = WhyNoVulkan(devices);
  if (flags.json) {
    PrintJson(devices, no_vulkan);
  } else {
    PrintText(devices, no_vulkan, flags.verbose);
  }
  return kExitOk;
}

}  // namespace

void AddDevicesCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand(
      "devices", "List what models can run on here, with the verdict of every kernel");
  const auto flags = std::make_shared<DevicesFlags>();
  AddPrecisionFlag(*command, &flags->options.precision);
  command->add_flag("--json", flags->json, "Print JSON");
  command->add_flag("-v,--verbose", flags->verbose, "List the proven kernels too");
  command->callback([=] { *run = [=] { return ShowDevices(*flags); }; });
}

}  // namespace convoy::cli
