// The kernels of one device: which shaders may be used, and their pipelines. Knows the load path of
// the device, what its self-test set aside and what DeviceOptions.vulkan_kernels forces.
//
// Thread-safe but for SetAside, which belongs to the self-test when the device is opened.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/pipelines.h"

namespace convoy::compute {

struct VulkanKernel {
  VkPipeline pipeline = VK_NULL_HANDLE;
  bool texels = false;    // inputs are bound as texel views
  std::string_view name;  // "conv_rt_4x64_shuffle_texel", valid as long as the program
};

class VulkanKernels {
 public:
  // `forced` maps a family to a kernel name: ParseForcedKernels.
  VulkanKernels(VulkanDevice& device, VulkanPipelines& pipelines,
                std::map<std::string, std::string, std::less<>> forced)
      : device_(device), pipelines_(pipelines), forced_(std::move(forced)) {}

  // `shader` is a catalog name with or without load path.
  bool Usable(std::string_view shader) const;
  // Why it may not be used, as one clause; empty when it may.
  std::string ObjectionTo(std::string_view shader) const;
  // UNIMPLEMENTED says why the shader is not used on this device.
  absl::StatusOr<VulkanKernel> Get(std::string_view shader, const std::vector<uint32_t>& constants);
  std::string_view Forced(std::string_view family) const;

  // The same kernels with other forced ones.
  VulkanKernels WithForced(std::map<std::string, std::string, std::less<>> forced) const {
    VulkanKernels other(device_, pipelines_, std::move(forced));
    other.set_aside_ = set_aside_;
    return other;
  }

  // From now on the shader is not usable, for `reason`.
  void SetAside(std::string_view shader, std::string_view reason);

 private:
  // Catalog name with the load path of the device, unless `shader` has one.
  std::string FullName(std::string_view shader) const;
  // Why the device does not use a shader of its catalog; empty when it does.
  std::string Objection(const std::string& full_name) const;

  VulkanDevice& device_;
  VulkanPipelines& pipelines_;
  const std::map<std::string, std::string, std::less<>> forced_;
  std::map<std::string, std::string, std::less<>> set_aside_;  // full name -> reason
};

// A kernel as DeviceOptions.vulkan_kernels calls it, and the shader of the catalog that tells it
// from the others, without load path.
struct NamedKernel {
  std::string name;
  std::string shader;
};

// What may be forced for a family: "conv", "upconv" or "gemm".
std::vector<NamedKernel> KernelsOfFamily(std::string_view family);

// "conv=rt_4x16_ssbo,gemm=linear" as {conv: rt_4x16_ssbo, gemm: linear}. INVALID_ARGUMENT where a
// part is not family=kernel.
absl::StatusOr<std::map<std::string, std::string, std::less<>>> ParseForcedKernels(
    std::string_view text);

// "conv_rt_4x64_texel" without "_texel" or "_ssbo".
std::string_view WithoutLoadPath(std::string_view kernel);

// INVALID_ARGUMENT lists the families or the family's kernels where one is unknown. A name may end
// in "_texel" or "_ssbo".
absl::Status CheckForcedKernels(const std::map<std::string, std::string, std::less<>>& forced);

}  // namespace convoy::compute
