#include "compute/vulkan/instance.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>

#include "compute/base/cache_file.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/vulkan/vulkan_status.h"

namespace convoy::compute {
namespace {

constexpr char kValidationLayer[] = "VK_LAYER_KHRONOS_validation";

std::atomic<int> message_count = 0;

VKAPI_ATTR VkBool32 VKAPI_CALL OnMessage(VkDebugUtilsMessageSeverityFlagBitsEXT /*severity*/,
                                         VkDebugUtilsMessageTypeFlagsEXT /*types*/,
                                         const VkDebugUtilsMessengerCallbackDataEXT* data,
                                         void* /*user*/) {
  ++message_count;
  LogWarning("Vulkan validation: %s", data->pMessage);
  return VK_FALSE;
}

// Mesa keeps what its compiler made, 0.1 to 0.4 s a kernel, beside our own files: whoever makes
// that folder persistent starts fast. Mesa makes the last folder of the path only.
void SetDriverCacheFolder() {
  const std::string folder = CacheFilePath("mesa");
  std::error_code error;
  if (folder.empty()) return;
  std::filesystem::create_directories(folder, error);
  if (!error) setenv("MESA_SHADER_CACHE_DIR", folder.c_str(), /*overwrite=*/0);
}

// Software drivers read these when their first instance is created. llvmpipe takes 256-bit vectors
// by itself; our kernels run 20 to 58 % faster with 512.
void SetSoftwareDriverOptions(int threads) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) setenv("LP_NATIVE_VECTOR_WIDTH", "512", /*overwrite=*/0);
#endif
  if (std::getenv("MESA_SHADER_CACHE_DIR") == nullptr) SetDriverCacheFolder();
  if (threads > 0) setenv("LP_NUM_THREADS", std::to_string(threads).c_str(), /*overwrite=*/0);
}

absl::Status OpenLoader(int software_threads) {
  static std::once_flag once;
  static VkResult result = VK_SUCCESS;
  std::call_once(once, [&] {
    SetSoftwareDriverOptions(software_threads);
    result = volkInitialize();
  });
  if (result == VK_SUCCESS) return absl::OkStatus();
  return absl::NotFoundError("No Vulkan loader (libvulkan.so.1) is installed");
}

bool HasLayer(std::string_view name) {
  uint32_t count = 0;
  vkEnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  vkEnumerateInstanceLayerProperties(&count, layers.data());
  for (const VkLayerProperties& layer : layers) {
    if (name == layer.layerName) return true;
  }
  return false;
}

bool HasExtension(std::string_view name) {
  uint32_t count = 0;
  vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  vkEnumerateInstanceExtensionProperties(nullptr, &count, extensions.data());
  for (const VkExtensionProperties& extension : extensions) {
    if (name == extension.extensionName) return true;
  }
  return false;
}

// Once a process, when there is an instance. Its pointers serve all: they are the loader's own
// entry points, which dispatch by handle. A second instance lives until the process ends, so that
// drivers stay loaded: loading one anew takes a software driver 40 ms, and some do not survive it.
void LoadFunctions(VkInstance instance) {
  static std::once_flag once;
  static VkInstance keeps_drivers_loaded = VK_NULL_HANDLE;
  std::call_once(once, [&] {
    volkLoadInstance(instance);
    const VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    vkCreateInstance(&info, nullptr, &keeps_drivers_loaded);
  });
}

}  // namespace

absl::StatusOr<std::shared_ptr<VulkanInstance>> VulkanInstance::Create(
    const VulkanInstanceOptions& options) {
  CONVOY_RETURN_IF_ERROR(OpenLoader(options.software_threads));
  std::shared_ptr<VulkanInstance> instance(new VulkanInstance);
  CONVOY_RETURN_IF_ERROR(instance->Open(options));
  return instance;
}

absl::Status VulkanInstance::Open(const VulkanInstanceOptions& options) {
  std::vector<const char*> extensions;
  VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  const VkValidationFeatureEnableEXT synchronization =
      VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
  const VkValidationFeaturesEXT features{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
                                         .enabledValidationFeatureCount = 1,
                                         .pEnabledValidationFeatures = &synchronization};
  const char* layer = kValidationLayer;
  if (options.validation) {
    if (!HasLayer(kValidationLayer)) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "Vulkan validation is asked for, but the layer %s is not installed", kValidationLayer));
    }
    info.pNext = &features;
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = &layer;
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  }
  if (HasExtension(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) {
    info.flags |= VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
    extensions.push_back(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME);
  }
  const VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                      .pApplicationName = "convoy",
                                      .apiVersion = VK_API_VERSION_1_2};
  info.pApplicationInfo = &application;
  info.enabledExtensionCount = static_cast<uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();

  const VkResult created = vkCreateInstance(&info, nullptr, &instance_);
  if (created == VK_ERROR_INCOMPATIBLE_DRIVER) {
    return absl::NotFoundError("The Vulkan loader finds no driver");
  }
  CONVOY_RETURN_IF_VK_ERROR(created, "vkCreateInstance");
  LoadFunctions(instance_);
  if (options.validation) CONVOY_RETURN_IF_ERROR(CreateMessenger());
  return ListDevices();
}

absl::Status VulkanInstance::ListDevices() {
  uint32_t count = 0;
  CONVOY_RETURN_IF_VK_ERROR(vkEnumeratePhysicalDevices(instance_, &count, nullptr),
                            "vkEnumeratePhysicalDevices");
  physical_devices_.resize(count);
  CONVOY_RETURN_IF_VK_ERROR(vkEnumeratePhysicalDevices(instance_, &count, physical_devices_.data()),
                            "vkEnumeratePhysicalDevices");
  if (count == 0) return absl::NotFoundError("The Vulkan loader finds no device");
  return absl::OkStatus();
}

absl::Status VulkanInstance::CreateMessenger() {
  const VkDebugUtilsMessengerCreateInfoEXT info{
      .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
      .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                         VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
      .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                     VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
      .pfnUserCallback = OnMessage};
  return VulkanStatus(vkCreateDebugUtilsMessengerEXT(instance_, &info, nullptr, &messenger_),
                      "vkCreateDebugUtilsMessengerEXT");
}

VulkanInstance::~VulkanInstance() {
  if (messenger_ != VK_NULL_HANDLE) {
    vkDestroyDebugUtilsMessengerEXT(instance_, messenger_, nullptr);
  }
  if (instance_ != VK_NULL_HANDLE) vkDestroyInstance(instance_, nullptr);
}

int VulkanMessageCount() { return message_count; }

}  // namespace convoy::compute
