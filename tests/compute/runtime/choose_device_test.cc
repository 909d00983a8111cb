#include "compute/runtime/choose_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

DeviceFacts Vulkan(int index, std::string name, bool software) {
  DeviceFacts facts;
  facts.kind = DeviceKind::kVulkan;
  facts.id = "vulkan:" + std::to_string(index);
  facts.name = std::move(name);
  facts.software = software;
  return facts;
}

DeviceFacts Host(DeviceKind kind, std::string id) {
  DeviceFacts facts;
  facts.kind = kind;
  facts.id = std::move(id);
  facts.name = "some processor";
  return facts;
}

std::vector<DeviceFacts> With(std::vector<DeviceFacts> vulkan) {
  vulkan.push_back(Host(DeviceKind::kCpu, "cpu"));
  vulkan.push_back(Host(DeviceKind::kReference, "reference"));
  return vulkan;
}

// The chosen device's id, or the error as text.
std::string Chosen(std::string_view name, const std::vector<DeviceFacts>& devices) {
  const absl::StatusOr<size_t> choice = ChooseDevice(name, devices, "libvulkan.so.1 is absent");
  return choice.ok() ? devices[*choice].id : choice.status().ToString();
}

const std::vector<DeviceFacts>& Workstation() {
  static const std::vector<DeviceFacts> devices =
      With({Vulkan(0, "llvmpipe (LLVM 15.0.6, 512 bits)", true),
            Vulkan(1, "AMD Radeon RX 7900 XTX", false), Vulkan(2, "Intel Arc A770", false)});
  return devices;
}

TEST(ChooseDeviceTest, AutoTakesRealHardwareElseTheCpu) {
  EXPECT_EQ(Chosen("auto", Workstation()), "vulkan:1");
  EXPECT_EQ(Chosen("auto", With({})), "cpu");
  EXPECT_EQ(Chosen("auto", With({Vulkan(0, "llvmpipe", true)})), "cpu");
}

TEST(ChooseDeviceTest, HostDevicesByName) {
  EXPECT_EQ(Chosen("cpu", Workstation()), "cpu");
  EXPECT_EQ(Chosen("reference", Workstation()), "reference");
}

TEST(ChooseDeviceTest, VulkanPrefersHardwareAndAcceptsSoftware) {
  EXPECT_EQ(Chosen("vulkan", Workstation()), "vulkan:1");
  EXPECT_EQ(Chosen("vulkan", With({Vulkan(0, "llvmpipe", true)})), "vulkan:0");
}

TEST(ChooseDeviceTest, VulkanByIndexOrPartOfItsName) {
  EXPECT_EQ(Chosen("vulkan:2", Workstation()), "vulkan:2");
  EXPECT_EQ(Chosen("vulkan:0", Workstation()), "vulkan:0");
  EXPECT_EQ(Chosen("vulkan:radeon", Workstation()), "vulkan:1");
  EXPECT_EQ(Chosen("vulkan:LLVMpipe", Workstation()), "vulkan:0");
  EXPECT_EQ(Chosen("vulkan:A770", Workstation()), "vulkan:2");
}

TEST(ChooseDeviceTest, AnUnusableDeviceIsTakenOnlyWhenNamed) {
  DeviceFacts broken = Vulkan(0, "Old GPU", false);
  broken.properties.push_back({"unusable", "it lacks storage buffers"});
  const std::vector<DeviceFacts> devices = With({broken});
  EXPECT_EQ(Chosen("auto", devices), "cpu");
  EXPECT_THAT(Chosen("vulkan", devices), HasSubstr("no usable Vulkan device"));
  EXPECT_EQ(Chosen("vulkan:0", devices), "vulkan:0");
}

TEST(ChooseDeviceTest, NotFoundSaysWhatThereIsAndWhatToDo) {
  EXPECT_EQ(Chosen("vulkan", With({})),
            "NOT_FOUND: device 'vulkan' is not found: there is no Vulkan device: libvulkan.so.1 is "
            "absent; available are cpu (some processor), reference (some processor); serve on the "
            "CPU with --device cpu");
  const std::string message = Chosen("vulkan:7", Workstation());
  EXPECT_THAT(message, HasSubstr("NOT_FOUND"));
  EXPECT_THAT(message, HasSubstr("vulkan:1 (AMD Radeon RX 7900 XTX)"));
  EXPECT_THAT(message, HasSubstr("--device cpu"));
  EXPECT_THAT(Chosen("vulkan:geforce", Workstation()), HasSubstr("NOT_FOUND"));
}

TEST(ChooseDeviceTest, OtherFormsAreInvalid) {
  for (const char* name : {"", "gpu", "vulkan:", "CPU", "cpu:0", "vulkan0", "auto "}) {
    EXPECT_THAT(Chosen(name, Workstation()), HasSubstr("INVALID_ARGUMENT")) << name;
    EXPECT_THAT(Chosen(name, Workstation()), HasSubstr("vulkan:NAME")) << name;
  }
}

}  // namespace
}  // namespace convoy::compute
