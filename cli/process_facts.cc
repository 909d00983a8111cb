#include "cli/process_facts.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <limits>
#include <string>

namespace convoy::cli {

int64_t PeakResidentBytes() {
  // Not getrusage, which counts what the process was before its exec, too.
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

double MillisecondsSinceStart() {
  std::ifstream stat("/proc/self/stat");
  // proc(5): field 2 is the name in parentheses, which may hold spaces; field 22 the start in clock
  // ticks after boot.
  stat.ignore(std::numeric_limits<std::streamsize>::max(), ')');
  std::string skipped;
  for (int field = 3; field < 22; ++field) stat >> skipped;
  double ticks = 0;
  timespec now{};
  if (!(stat >> ticks) || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return 0;
  const double started_ms = ticks / static_cast<double>(sysconf(_SC_CLK_TCK)) * 1e3;
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6 -
         started_ms;
}

std::string CommandLine() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string line;
  for (std::string word; std::getline(file, word, '\0');) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace convoy::cli
