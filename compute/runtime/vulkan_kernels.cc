#include "compute/runtime/vulkan_kernels.h"

#include <algorithm>

#include "compute/base/status.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/gemm/dense_vulkan.h"
#include "compute/vulkan/shader_catalog.h"

namespace convoy::compute {
namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::string_view WithoutLoadPath(std::string_view kernel) {
  for (const std::string_view path : {"_texel", "_ssbo"}) {
    if (EndsWith(kernel, path)) kernel.remove_suffix(path.size());
  }
  return kernel;
}

std::vector<NamedKernel> KernelsOfFamily(std::string_view family) {
  std::vector<NamedKernel> kernels;
  for (const ConvKernel& row : AllConvKernels()) {
    const bool split = row.method == ConvMethod::kSplitBlock;
    kernels.push_back({std::string(row.name), split ? "conv/conv_join" : std::string(row.shader)});
  }
  if (family != "gemm") return kernels;
  for (const std::string& name : DenseKernelNames()) {
    kernels.push_back({name, name == "linear" ? "gemm/gemm_linear" : "gemm/" + name});
  }
  return kernels;
}

std::string VulkanKernels::FullName(std::string_view shader) const {
  if (EndsWith(shader, "_texel") || EndsWith(shader, "_ssbo")) return std::string(shader);
  return std::string(shader) + (device_.plan().traits.texel_loads ? "_texel" : "_ssbo");
}

std::string VulkanKernels::Objection(const std::string& full_name) const {
  const DevicePlan& plan = device_.plan();
  if (EndsWith(full_name, "_texel") && !plan.traits.texel_loads) {
    return "the device does not load through texel buffers";
  }
  if (Contains(full_name, "_shuffle") && !plan.shuffle_kernels) {
    return "subgroupShuffle is not used on this device";
  }
  if (Contains(full_name, "_broadcast") && !plan.broadcast_kernels) {
    return "subgroupBroadcast is not used on this device";
  }
  const auto found = set_aside_.find(full_name);
  return found == set_aside_.end() ? "" : found->second;
}

bool VulkanKernels::Usable(std::string_view shader) const {
  const std::string full_name = FullName(shader);
  return FindShader(full_name) != nullptr && Objection(full_name).empty();
}

std::string VulkanKernels::ObjectionTo(std::string_view shader) const {
  const std::string full_name = FullName(shader);
  return FindShader(full_name) == nullptr ? "the catalog has no such shader" : Objection(full_name);
}

absl::StatusOr<VulkanKernel> VulkanKernels::Get(std::string_view shader,
                                                const std::vector<uint32_t>& constants) {
  const std::string full_name = FullName(shader);
  const ShaderCode* code = FindShader(full_name);
  if (code == nullptr) {
    return absl::InternalError(absl::StrFormat("The catalog has no shader '%s'", full_name));
  }
  if (const std::string objection = Objection(full_name); !objection.empty()) {
    return absl::UnimplementedError(
        absl::StrFormat("The kernel '%s' is not usable: %s", full_name, objection));
  }
  VulkanKernel kernel;
  CONVOY_ASSIGN_OR_RETURN(kernel.pipeline, pipelines_.Get(full_name, constants));
  kernel.texels = EndsWith(full_name, "_texel");
  kernel.name = code->name.substr(code->name.find('/') + 1);
  return kernel;
}

std::string_view VulkanKernels::Forced(std::string_view family) const {
  const auto found = forced_.find(family);
  return found == forced_.end() ? std::string_view() : found->second;
}

void VulkanKernels::SetAside(std::string_view shader, std::string_view reason) {
  set_aside_[FullName(shader)] = std::string(reason);
}

absl::StatusOr<std::map<std::string, std::string, std::less<>>> ParseForcedKernels(
    std::string_view text) {
  std::map<std::string, std::string, std::less<>> forced;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const size_t equals = part.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == part.size()) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Forced Vulkan kernels are given as '%s', but the form is family=kernel,...", part));
    }
    forced[std::string(part.substr(0, equals))] = std::string(part.substr(equals + 1));
  }
  return forced;
}

absl::Status CheckForcedKernels(const std::map<std::string, std::string, std::less<>>& forced) {
  for (const auto& [family, kernel] : forced) {
    if (family != "conv" && family != "upconv" && family != "gemm") {
      return absl::InvalidArgumentError(absl::StrFormat(
          "A Vulkan kernel is forced for '%s', but kernels are forced for conv, upconv and gemm",
          family));
    }
    std::vector<std::string> known;
    for (const NamedKernel& one : KernelsOfFamily(family)) known.push_back(one.name);
    if (std::find(known.begin(), known.end(), WithoutLoadPath(kernel)) != known.end()) continue;
    std::string names;
    for (const std::string& name : known) names += names.empty() ? name : ", " + name;
    return absl::InvalidArgumentError(absl::StrFormat(
        "There is no Vulkan kernel '%s=%s'; kernels of that family are %s", family, kernel, names));
  }
  return absl::OkStatus();
}

}  // namespace convoy::compute
