#include "cli/device_facts.h"

#include <cstdio>

#include "cli/table.h"

namespace convoy::cli {
namespace {

using compute::DeviceFacts;
using compute::DeviceKind;
using compute::KernelVerdict;
using nlohmann::ordered_json;

std::string StringAt(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool BoolAt(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

// Of a member that is an array or an object; an empty one where there is none.
ordered_json PartsAt(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_structured() ? *found : ordered_json::array();
}

DeviceFacts FromJson(const ordered_json& object) {
  DeviceFacts device{.kind = DeviceKind::kVulkan,
                     .id = StringAt(object, "id"),
                     .name = StringAt(object, "name"),
                     .software = BoolAt(object, "software")};
  const ordered_json properties = PartsAt(object, "properties");
  for (const auto& [key, value] : properties.items()) {
    if (value.is_string()) device.properties.emplace_back(key, value.get<std::string>());
  }
  for (const ordered_json& kernel : PartsAt(object, "kernels")) {
    if (!kernel.is_object()) continue;
    device.verdicts.push_back({.kernel = StringAt(kernel, "kernel"),
                               .passed = BoolAt(kernel, "passed"),
                               .reason = StringAt(kernel, "reason")});
  }
  return device;
}

}  // namespace

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

std::string WhyUnusable(const DeviceFacts& device) {
  for (const auto& [name, value] : device.properties) {
    if (name == "unusable") return value;
  }
  return "";
}

void PrintDeviceFacts(const DeviceFacts& device, bool verbose) {
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

std::vector<DeviceFacts> VulkanDevicesOf(std::string_view text) {
  const ordered_json root = ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<DeviceFacts> devices;
  if (!root.is_object()) return devices;
  for (const ordered_json& object : PartsAt(root, "devices")) {
    if (object.is_object() && StringAt(object, "kind") == NameOf(DeviceKind::kVulkan)) {
      devices.push_back(FromJson(object));
    }
  }
  return devices;
}

}  // namespace convoy::cli
