#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "cli/device_facts.h"
#include "cli/doctor.h"

namespace convoy::cli {
namespace {

using compute::DeviceFacts;
using compute::KernelVerdict;

bool IsUsable(const DeviceFacts& device) { return WhyUnusable(device).empty(); }

bool IsUsableGpu(const DeviceFacts& device) { return IsUsable(device) && !device.software; }

bool CanOpenAny(const Diagnosis& diagnosis) {
  return std::ranges::any_of(diagnosis.nodes, [&](const DeviceNode& node) {
    return WhyNoAccess(node, diagnosis.identity).empty();
  });
}

std::string DescribeGiven(const DeviceFacts& device) {
  const std::string why = WhyUnusable(device);
  if (!why.empty()) return absl::StrFormat("%s, unusable: %s", device.name, why);
  const auto passed = std::ranges::count_if(device.verdicts, &KernelVerdict::passed);
  return absl::StrFormat("%s, usable, %s, %d of %d kernels proven", device.name,
                         device.software ? "software on CPU cores" : "a GPU", passed,
                         device.verdicts.size());
}

void AdviseOnNvidia(const Diagnosis& diagnosis, Advice& advice) {
  if (!diagnosis.nvidia_node || std::ranges::any_of(diagnosis.drivers, NamesNvidia)) return;
  if (diagnosis.nvidia_library_error.empty()) {
    advice.findings.emplace_back(std::string_view(
        "NVIDIA's libGLX_nvidia.so.0 can be opened, but no manifest names it: write "
        "{\"file_format_version\":\"1.0.0\",\"ICD\":{\"library_path\":\"libGLX_nvidia.so.0\","
        "\"api_version\":\"1.3.0\"}} to a file and set VK_ADD_DRIVER_FILES to its path"));
  } else {
    advice.findings.push_back(absl::StrFormat(
        "an NVIDIA GPU is here (/dev/nvidiactl), but not its Vulkan driver: %s; it needs the "
        "container toolkit's graphics capability, and libXext6 and libEGL1",
        diagnosis.nvidia_library_error));
  }
}

void AdviseOnNodes(const Diagnosis& diagnosis, Advice& advice) {
  for (const DeviceNode& node : diagnosis.nodes) {
    const std::string why = WhyNoAccess(node, diagnosis.identity);
    if (!why.empty()) advice.findings.push_back(absl::StrFormat("%s: %s", node.path, why));
  }
  if (diagnosis.nodes.empty() && !diagnosis.nvidia_node) {
    advice.findings.emplace_back(std::string_view(
        "there is no /dev/dri/renderD*, so that AMD's and Intel's drivers give no device: a "
        "container needs --device /dev/dri and --group-add $(stat -c %g /dev/dri/renderD128)"));
  }
}

std::string Command(const Diagnosis& diagnosis) {
  const auto gpu = std::ranges::find_if(diagnosis.devices, IsUsableGpu);
  if (gpu != diagnosis.devices.end())
    return absl::StrFormat("convoy serve MODELS --device %s", gpu->id);
  return "convoy serve MODELS --device cpu";
}

}  // namespace

bool NamesNvidia(const DriverReport& driver) {
  return driver.manifest.library.find("nvidia") != std::string::npos;
}

std::string OutcomeOf(const DriverReport& driver, const Diagnosis& diagnosis) {
  if (!driver.manifest.problem.empty()) {
    return absl::StrFormat("the manifest cannot be used: %s", driver.manifest.problem);
  }
  if (!driver.library_error.empty()) {
    return absl::StrFormat("the library cannot be opened: %s", driver.library_error);
  }
  if (!driver.failure.empty()) return driver.failure;
  std::string given;
  for (const DeviceFacts& device : driver.devices) {
    absl::StrAppendFormat(&given, "%s%s", given.empty() ? "gives " : "; ", DescribeGiven(device));
  }
  if (!given.empty()) return given;
  if (!diagnosis.loader_error.empty()) return "gives no device: the Vulkan loader is missing";
  if (NamesNvidia(driver)) return "gives no device";
  if (diagnosis.nodes.empty()) return "gives no device: there is no /dev/dri/renderD*";
  return CanOpenAny(diagnosis) ? "gives no device: no GPU here is one of its kind"
                               : "gives no device: no /dev/dri/renderD* can be opened";
}

Advice Advise(const Diagnosis& diagnosis, const ReadVariable& variable) {
  Advice advice;
  advice.usable = std::ranges::any_of(diagnosis.devices, IsUsable);
  advice.command = Command(diagnosis);
  if (!diagnosis.loader_error.empty()) {
    advice.findings.push_back(
        absl::StrFormat("the Vulkan loader cannot be opened: %s: install it (Debian's package "
                        "libvulkan1)",
                        diagnosis.loader_error));
  }
  if (diagnosis.drivers.empty()) {
    advice.findings.emplace_back(std::string_view(
        "no driver manifest is found: install the GPU's Vulkan driver (Debian's package "
        "mesa-vulkan-drivers for AMD and Intel)"));
  }
  const bool gpu = std::ranges::any_of(diagnosis.devices, IsUsableGpu);
  const bool nvidia_driver = std::ranges::any_of(diagnosis.drivers, NamesNvidia);
  const bool nvidia = diagnosis.nvidia_node || !variable("NVIDIA_VISIBLE_DEVICES").empty();
  for (std::string& finding : JudgeVariables(variable, nvidia && !nvidia_driver)) {
    advice.findings.push_back(std::move(finding));
  }
  if (gpu) return advice;
  AdviseOnNvidia(diagnosis, advice);
  AdviseOnNodes(diagnosis, advice);
  if (advice.usable) {
    advice.findings.emplace_back(std::string_view(
        "the only Vulkan device is software on CPU cores, for tests: --device auto takes the cpu, "
        "which is faster"));
  }
  return advice;
}

}  // namespace convoy::cli
