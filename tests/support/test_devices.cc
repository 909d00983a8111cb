#include "tests/support/test_devices.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

namespace convoy::testing {

bool UnderValidation() {
  const char* value = std::getenv("CONVOY_TEST_VALIDATION");
  return value != nullptr && std::strcmp(value, "1") == 0;
}

std::vector<std::string> TestDeviceNames() {
  if (UnderValidation()) return {"vulkan"};
  return {"reference", "cpu", "vulkan"};
}

absl::StatusOr<compute::Device*> TestDevice(std::string_view name) {
  using Opened = absl::StatusOr<std::unique_ptr<compute::Device>>;
  static std::map<std::string, Opened, std::less<>> devices;
  auto found = devices.find(name);
  if (found == devices.end()) {
    compute::DeviceOptions options;
    options.validation = UnderValidation();
    found = devices.emplace(name, compute::OpenDevice(name, options)).first;
  }
  if (!found->second.ok()) return found->second.status();
  return found->second->get();
}

}  // namespace convoy::testing
