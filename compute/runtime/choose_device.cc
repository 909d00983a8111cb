#include "compute/runtime/choose_device.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <string>

#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr std::string_view kVulkanPrefix = "vulkan:";

using Predicate = std::function<bool(const DeviceFacts&)>;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool IsVulkan(const DeviceFacts& device) { return device.kind == DeviceKind::kVulkan; }

bool IsUsableVulkan(const DeviceFacts& device) {
  return IsVulkan(device) &&
         std::none_of(device.properties.begin(), device.properties.end(),
                      [](const auto& property) { return property.first == "unusable"; });
}

bool IsVulkanHardware(const DeviceFacts& device) {
  return IsUsableVulkan(device) && !device.software;
}

// The first device that satisfies the first predicate which any satisfies.
std::optional<size_t> FirstOf(std::span<const DeviceFacts> devices,
                              std::initializer_list<Predicate> predicates) {
  for (const Predicate& predicate : predicates) {
    const auto found = std::find_if(devices.begin(), devices.end(), predicate);
    if (found != devices.end()) return static_cast<size_t>(found - devices.begin());
  }
  return std::nullopt;
}

// `selector` is what follows "vulkan:".
bool Selects(const std::string& selector, const DeviceFacts& device) {
  if (!IsVulkan(device)) return false;
  const bool is_index = std::all_of(selector.begin(), selector.end(),
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
  if (is_index) return device.id == absl::StrFormat("%s%s", kVulkanPrefix, selector);
  return LowerCase(device.name).find(LowerCase(selector)) != std::string::npos;
}

absl::Status NotFound(std::string_view name, std::span<const DeviceFacts> devices,
                      std::string_view vulkan_missing_reason) {
  std::string there;
  for (const DeviceFacts& device : devices) {
    absl::StrAppendFormat(&there, "%s%s (%s)", there.empty() ? "" : ", ", device.id, device.name);
  }
  const bool any_vulkan = std::any_of(devices.begin(), devices.end(), IsVulkan);
  const std::string why =
      any_vulkan ? "no usable Vulkan device matches"
                 : absl::StrFormat("there is no Vulkan device: %s", vulkan_missing_reason);
  return absl::NotFoundError(absl::StrFormat(
      "device '%s' is not found: %s; available are %s; serve on the CPU with --device cpu", name,
      why, there));
}

}  // namespace

absl::StatusOr<size_t> ChooseDevice(std::string_view name, std::span<const DeviceFacts> devices,
                                    std::string_view vulkan_missing_reason) {
  const auto of_kind = [](DeviceKind kind) {
    return [kind](const DeviceFacts& device) { return device.kind == kind; };
  };
  std::optional<size_t> choice;
  if (name == "auto") {
    choice = FirstOf(devices, {IsVulkanHardware, of_kind(DeviceKind::kCpu)});
  } else if (name == "cpu") {
    choice = FirstOf(devices, {of_kind(DeviceKind::kCpu)});
  } else if (name == "reference") {
    choice = FirstOf(devices, {of_kind(DeviceKind::kReference)});
  } else if (name == "vulkan") {
    choice = FirstOf(devices, {IsVulkanHardware, IsUsableVulkan});
  } else if (name.starts_with(kVulkanPrefix) && name.size() > kVulkanPrefix.size()) {
    const std::string selector(name.substr(kVulkanPrefix.size()));
    choice =
        FirstOf(devices, {[&](const DeviceFacts& device) { return Selects(selector, device); }});
  } else {
    return absl::InvalidArgumentError(
        absl::StrFormat("device '%s' has no known form, but must be auto, cpu, reference, vulkan, "
                        "vulkan:INDEX or vulkan:NAME",
                        name));
  }
  if (!choice.has_value()) return NotFound(name, devices, vulkan_missing_reason);
  return *choice;
}

}  // namespace convoy::compute
