#include "cli/device_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace convoy::cli {
namespace {

using compute::DeviceFacts;
using compute::DeviceKind;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(DeviceFactsTest, ComeBackFromJson) {
  DeviceFacts gpu{.kind = DeviceKind::kVulkan, .id = "vulkan:1", .name = "GPU", .software = false};
  gpu.properties = {{"driver", "x"}, {"unusable", "too old"}};
  gpu.verdicts = {{.kernel = "conv", .passed = false, .reason = "wrong"}};
  nlohmann::ordered_json root;
  root["devices"] = {ToJson(gpu), ToJson({.kind = DeviceKind::kCpu, .id = "cpu", .name = "C"})};
  const std::vector<DeviceFacts> devices = VulkanDevicesOf(root.dump());
  ASSERT_THAT(devices, SizeIs(1));
  EXPECT_EQ(ToJson(devices[0]), ToJson(gpu));
  EXPECT_EQ(WhyUnusable(devices[0]), "too old");
  EXPECT_EQ(WhyUnusable({}), "");
}

TEST(DeviceFactsTest, OtherTextHasNoDevices) {
  for (const char* text : {"", "{", "[]", "7", "{\"devices\":3}", "{\"devices\":[3,{}]}",
                           "{\"devices\":[{\"kind\":3}]}"}) {
    EXPECT_THAT(VulkanDevicesOf(text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace convoy::cli
