#include "compute/runtime/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

TEST(DeviceTest, TheHostDevicesAreAlwaysThere) {
  for (const char* name : {"cpu", "reference"}) {
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenDevice(name, {});
    ASSERT_TRUE(device.ok()) << device.status();
    EXPECT_EQ((*device)->facts().id, name);
    EXPECT_TRUE((*device)->facts().software);
    EXPECT_NE((*device)->facts().name, "");
  }
}

// Metrics tell of a Vulkan device by its id and, where the driver knows, its memory.
TEST(DeviceTest, OnlyAVulkanDeviceHasAnIdAndMemoryOfItsOwn) {
  for (const DeviceFacts& facts : ListDevices({})) {
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenDevice(facts.id, {});
    ASSERT_TRUE(device.ok()) << device.status();
    const std::optional<DeviceMemory> memory = (*device)->ReadMemory();
    if (facts.kind != DeviceKind::kVulkan) {
      EXPECT_EQ((*device)->facts().uuid, "");
      EXPECT_FALSE(memory.has_value());
      continue;
    }
    // GPU-, and 32 digits in five groups.
    EXPECT_THAT((*device)->facts().uuid,
                ::testing::MatchesRegex("GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
    if (!memory.has_value()) continue;
    EXPECT_GT(memory->total_bytes, 0);
    EXPECT_GE(memory->used_bytes, 0);
    EXPECT_LE(memory->budget_bytes, memory->total_bytes);
  }
}

TEST(DeviceTest, TheHostDevicesRefuseFp16) {
  for (const char* name : {"cpu", "reference"}) {
    const absl::Status status = OpenDevice(name, {.precision = Precision::kFp16}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--device vulkan"));
  }
}

TEST(DeviceTest, AutoOpensADeviceThatIsNoSoftwareVulkan) {
  const absl::StatusOr<std::unique_ptr<Device>> device = OpenDevice("auto", {});
  ASSERT_TRUE(device.ok()) << device.status();
  const DeviceFacts& facts = (*device)->facts();
  EXPECT_TRUE(facts.kind == DeviceKind::kCpu || !facts.software) << facts.id;
}

TEST(DeviceTest, TheListNamesWhatOpenDeviceTakes) {
  const std::vector<DeviceFacts> devices = ListDevices({});
  for (const DeviceKind kind : {DeviceKind::kCpu, DeviceKind::kReference}) {
    EXPECT_EQ(std::count_if(devices.begin(), devices.end(),
                            [&](const DeviceFacts& facts) { return facts.kind == kind; }),
              1);
  }
  const bool has_vulkan = std::any_of(devices.begin(), devices.end(), [](const DeviceFacts& facts) {
    return facts.kind == DeviceKind::kVulkan;
  });
  const absl::Status opened = OpenDevice("vulkan:no such device", {}).status();
  EXPECT_TRUE(absl::IsNotFound(opened)) << opened;
  EXPECT_THAT(std::string(opened.message()),
              HasSubstr(has_vulkan ? "vulkan:0" : "there is no Vulkan device: "));
  if (const char* manifests = std::getenv("VK_DRIVER_FILES"); manifests != nullptr && !has_vulkan) {
    EXPECT_THAT(std::string(opened.message()), HasSubstr(manifests));
  }
  EXPECT_THAT(std::string(opened.message()), HasSubstr("--device cpu"));
}

TEST(DeviceTest, AnUnknownFormIsInvalid) {
  EXPECT_TRUE(absl::IsInvalidArgument(OpenDevice("gpu", {}).status()));
}

}  // namespace
}  // namespace convoy::compute
