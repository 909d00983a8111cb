#include "compute/vulkan/workarounds.h"

#include <cstdlib>
#include <string>

namespace convoy::compute {
namespace {

bool IsLlvmpipe(const DeviceSnapshot& snapshot) { return snapshot.driver_name == "llvmpipe"; }

constexpr Workaround kWorkarounds[] = {
    {"llvmpipe_broadcast",
     "llvmpipe of Mesa 25 compiles subgroupShuffle into something 4 times slower than "
     "subgroupBroadcast; Mesa 22 the other way round",
     [](const DeviceSnapshot& s) { return IsLlvmpipe(s) && MesaMajorVersion(s) >= 24; },
     [](DevicePlan& plan) {
       plan.broadcast_kernels = plan.shuffle_kernels;
       plan.shuffle_kernels = false;
     }},
    {"llvmpipe_narrow_texel_crash",
     "llvmpipe of Mesa 25 crashes in texel loads on CPUs with AVX-512 unless it uses 512 bits",
     [](const DeviceSnapshot& s) {
       return IsLlvmpipe(s) && MesaMajorVersion(s) >= 24 && s.subgroup_size < 16;
     },
     [](DevicePlan& plan) { plan.traits.texel_loads = false; }},
    {"moltenvk_shuffle", "MoltenVK gives wrong subgroup shuffles on several GPUs (MoltenVK#2750)",
     [](const DeviceSnapshot& s) { return s.driver_name == "MoltenVK"; },
     [](DevicePlan& plan) {
       plan.shuffle_kernels = false;
       plan.broadcast_kernels = false;
     }},
};

}  // namespace

std::span<const Workaround> AllWorkarounds() { return kWorkarounds; }

int MesaMajorVersion(const DeviceSnapshot& snapshot) {
  constexpr std::string_view kPrefix = "Mesa ";
  if (snapshot.driver_text.rfind(kPrefix, 0) != 0) return 0;
  return std::atoi(snapshot.driver_text.c_str() + kPrefix.size());
}

}  // namespace convoy::compute
