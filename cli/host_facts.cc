#include "cli/host_facts.h"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"

namespace convoy::cli {
namespace {

std::string CpuName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name") && line.find(": ") != std::string::npos) {
      return line.substr(line.find(": ") + 2);
    }
  }
  return "unknown";
}

int AllowedCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> HostFacts() {
  std::vector<std::pair<std::string, std::string>> facts = {
      {"cpu", CpuName()},
      {"cores", absl::StrFormat("%d", AllowedCores())},
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
