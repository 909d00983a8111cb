#include "compute/cpu/cpu_facts.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "compute/base/small_file.h"
#include "compute/cpu/cpu_quota.h"
#include "oneapi/dnnl/dnnl.hpp"

namespace convoy::compute {
namespace {

int AffinityCores(int online) {
  cpu_set_t set;
  CPU_ZERO(&set);
  // Fails on machines with more cores than a cpu_set_t holds (1024).
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return online;
  return std::max(CPU_COUNT(&set), 1);
}

std::string OpenMpWaiting() {
  if (const char* spins = std::getenv("GOMP_SPINCOUNT"); spins != nullptr) {
    return absl::StrFormat("GOMP_SPINCOUNT=%s", spins);
  }
  if (const char* policy = std::getenv("OMP_WAIT_POLICY"); policy != nullptr) {
    return absl::StrFormat("OMP_WAIT_POLICY=%s", policy);
  }
  return "spins up to a millisecond";
}

std::string IsaName(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2 with VNNI";
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX-512 with VNNI";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 with VNNI and BF16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "AVX-512 with AMX";
    default:
      return "generic";
  }
}

}  // namespace

CpuFacts ReadCpuFacts() {
  CpuFacts facts;
  facts.model = ModelNameOf(ReadSmallFile("/proc/cpuinfo").value_or(""));
  facts.isa = IsaName(dnnl::get_effective_cpu_isa());
  facts.online_cores = std::max(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)), 1);
  facts.affinity_cores = AffinityCores(facts.online_cores);
  facts.quota_cores = ReadCpuQuota();
  const dnnl::version_t* version = dnnl::version();
  facts.onednn_version =
      absl::StrFormat("%d.%d.%d", version->major, version->minor, version->patch);
  facts.openmp_waiting = OpenMpWaiting();
  return facts;
}

int UsableCores(const CpuFacts& facts) {
  if (!facts.quota_cores.has_value()) return facts.affinity_cores;
  const double quota = std::max(std::ceil(*facts.quota_cores), 1.0);
  return static_cast<int>(std::min<double>(facts.affinity_cores, quota));
}

bool CpuRunsAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

bool OnednnRunsAvx512() { return IsaName(dnnl::get_effective_cpu_isa()).starts_with("AVX-512"); }

std::vector<std::pair<std::string, std::string>> PropertiesOf(const CpuFacts& facts) {
  return {
      {"instruction set", facts.isa},
      {"cores online", absl::StrFormat("%d", facts.online_cores)},
      {"cores usable", absl::StrFormat("%d", UsableCores(facts))},
      {"CPU quota",
       facts.quota_cores.has_value() ? absl::StrFormat("%.2f cores", *facts.quota_cores) : "none"},
      {"oneDNN", facts.onednn_version},
      {"OpenMP waiting", facts.openmp_waiting},
  };
}

std::string ModelNameOf(std::string_view cpuinfo) {
  constexpr std::string_view kKey = "model name";
  const size_t key = cpuinfo.find(kKey);
  if (key == std::string_view::npos) return "unknown processor";
  std::string_view line = cpuinfo.substr(key + kKey.size());
  line = line.substr(0, line.find('\n'));
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "unknown processor";
  line.remove_prefix(colon + 1);
  const size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "unknown processor";
  return std::string(line.substr(first));
}

}  // namespace convoy::compute
