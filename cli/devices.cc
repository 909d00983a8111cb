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
#include "cli/device_facts.h"
#include "cli/doctor.h"
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
  bool doctor = false;
  bool json = false;
  bool verbose = false;
};

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

void PrintText(const std::vector<DeviceFacts>& devices, const std::string& no_vulkan,
               bool verbose) {
  Table table({"--device", "kind", "name", "hardware", "kernels proven"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const DeviceFacts& device : devices) {
    table.AddRow({device.id, std::string(NameOf(device.kind)), device.name,
                  device.software ? "CPU cores" : "GPU", KernelSummary(device)});
  }
  std::fputs(table.ToString().c_str(), stdout);
  for (const DeviceFacts& device : devices) PrintDeviceFacts(device, verbose);
  if (!no_vulkan.empty()) std::printf("\nNo Vulkan device: %s\n", Printable(no_vulkan).c_str());
}

void PrintJson(const std::vector<DeviceFacts>& devices, const std::string& no_vulkan) {
  nlohmann::ordered_json object;
  object["devices"] = nlohmann::ordered_json::array();
  for (const DeviceFacts& device : devices) object["devices"].push_back(ToJson(device));
  if (!no_vulkan.empty()) object["no_vulkan"] = no_vulkan;
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int ShowDevices(const DevicesFlags& flags) {
  if (flags.doctor) {
    return RunDoctor({.precision = flags.options.precision, .verbose = flags.verbose}, flags.json);
  }
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
  command->add_flag("--doctor", flags->doctor,
                    "Say of every Vulkan driver whether it can be used, and what to do where not; "
                    "exit code 1 when no Vulkan device can be used");
  command->add_flag("--json", flags->json, "Print JSON");
  command->add_flag("-v,--verbose", flags->verbose, "List the proven kernels too");
  command->callback([=] { *run = [=] { return ShowDevices(*flags); }; });
}

}  // namespace convoy::cli
