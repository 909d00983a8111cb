#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "cli/doctor.h"

namespace convoy::cli {
namespace {

using compute::DeviceFacts;
using compute::DeviceKind;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Unset(const char*) { return ""; }

DeviceFacts Vulkan(const char* id, bool software) {
  return {.kind = DeviceKind::kVulkan, .id = id, .name = "V", .software = software};
}

DriverReport Driver(const char* library) {
  DriverReport driver;
  driver.manifest.library = library;
  return driver;
}

DeviceNode Denied() {
  return {.path = "/dev/dri/renderD128",
          .mode = S_IFCHR | 0660,
          .owner = 0,
          .group = 105,
          .open_error = EACCES};
}

TEST(AdviseTest, TakesTheGpuBesideSoftware) {
  Diagnosis diagnosis;
  diagnosis.drivers = {Driver("libvulkan_radeon.so"), Driver("libvulkan_lvp.so")};
  diagnosis.devices = {Vulkan("vulkan:0", true), Vulkan("vulkan:1", false)};
  const Advice advice = Advise(diagnosis, Unset);
  EXPECT_TRUE(advice.usable);
  EXPECT_THAT(advice.command, HasSubstr("--device vulkan:1"));
  EXPECT_THAT(advice.findings, IsEmpty());
}

TEST(AdviseTest, SoftwareIsUsableButNotAdvised) {
  Diagnosis diagnosis;
  diagnosis.drivers = {Driver("libvulkan_lvp.so")};
  diagnosis.devices = {Vulkan("vulkan:0", true)};
  const Advice advice = Advise(diagnosis, Unset);
  EXPECT_TRUE(advice.usable);
  EXPECT_THAT(advice.command, HasSubstr("--device cpu"));
  EXPECT_THAT(advice.findings, Contains(HasSubstr("software on CPU cores")));
  EXPECT_THAT(advice.findings, Contains(HasSubstr("--device /dev/dri")));
}

TEST(AdviseTest, AnUnusableGpuIsNone) {
  Diagnosis diagnosis;
  diagnosis.devices = {Vulkan("vulkan:0", false)};
  diagnosis.devices[0].properties = {{"unusable", "no queue"}};
  EXPECT_FALSE(Advise(diagnosis, Unset).usable);
}

TEST(AdviseTest, SaysWhatIsMissing) {
  Diagnosis diagnosis;
  diagnosis.loader_error = "libvulkan.so.1: cannot open";
  diagnosis.nodes = {Denied()};
  diagnosis.identity = {.user = 1, .groups = {1}};
  const Advice advice = Advise(diagnosis, Unset);
  EXPECT_FALSE(advice.usable);
  EXPECT_THAT(advice.findings, Contains(HasSubstr("libvulkan1")));
  EXPECT_THAT(advice.findings, Contains(HasSubstr("no driver manifest")));
  EXPECT_THAT(advice.findings, Contains(AllOf(HasSubstr("renderD128"), HasSubstr("105"))));
}

TEST(AdviseTest, AnNvidiaGpuWithoutItsVulkanDriver) {
  Diagnosis diagnosis;
  diagnosis.nvidia_node = true;
  diagnosis.nvidia_library_error = "libGLX_nvidia.so.0: cannot open";
  EXPECT_THAT(Advise(diagnosis, Unset).findings,
              AllOf(Contains(HasSubstr("NVIDIA_DRIVER_CAPABILITIES is not set")),
                    Contains(HasSubstr("libGLX_nvidia.so.0: cannot open"))));
  diagnosis.nvidia_library_error = "";
  EXPECT_THAT(Advise(diagnosis, Unset).findings, Contains(HasSubstr("VK_ADD_DRIVER_FILES")));
  diagnosis.drivers = {Driver("libGLX_nvidia.so.0")};
  EXPECT_THAT(Advise(diagnosis, Unset).findings, Not(Contains(HasSubstr("NVIDIA"))));
}

TEST(OutcomeOfTest, TakesTheFirstThingThatFails) {
  Diagnosis diagnosis;
  DriverReport driver = Driver("libvulkan_radeon.so");
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("there is no /dev/dri/renderD*"));
  diagnosis.nodes = {Denied()};
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("can be opened"));
  diagnosis.nodes[0].open_error = 0;
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("of its kind"));
  driver.devices = {Vulkan("vulkan:0", true)};
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("usable, software on CPU cores"));
  driver.failure = "it crashes the process: signal 11";
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("signal 11"));
  driver.library_error = "gone";
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("cannot be opened: gone"));
  driver.manifest.problem = "bad";
  EXPECT_THAT(OutcomeOf(driver, diagnosis), HasSubstr("cannot be used: bad"));
}

}  // namespace
}  // namespace convoy::cli
