#include "cli/host_facts.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "compute/cpu/cpu_facts.h"

namespace convoy::cli {

std::vector<std::pair<std::string, std::string>> HostFacts() {
  const compute::CpuFacts cpu = compute::ReadCpuFacts();
  std::vector<std::pair<std::string, std::string>> facts = {
      {"cpu", cpu.model},
      {"cores", absl::StrFormat("%d", compute::UsableCores(cpu))},
      {"memory", Binary(static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE))}};
  utsname system{};
  if (uname(&system) == 0) {
    facts.emplace_back("kernel", absl::StrFormat("%s %s", system.sysname, system.release));
  }
  std::ifstream governor("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  std::string word;
  if (governor >> word) facts.emplace_back("governor", word);
  return facts;
}

}  // namespace convoy::cli
