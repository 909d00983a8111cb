#include "server/metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace convoy::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// Fields of /proc/PID/stat as proc(5) numbers them, counted from the state, which is field 3.
constexpr size_t kUserTime = 14 - 3, kSystemTime = 15 - 3, kStartTime = 22 - 3;
constexpr size_t kVirtualSize = 23 - 3, kResidentPages = 24 - 3;

std::string Read(const char* file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Seconds since 1970 at which the host was started.
std::optional<int64_t> BootTime() {
  static const std::optional<int64_t> time = []() -> std::optional<int64_t> {
    std::ifstream stat("/proc/stat");
    std::string word;
    int64_t seconds = 0;
    while (stat >> word) {
      if (word == "btime" && stat >> seconds) return seconds;
    }
    return std::nullopt;
  }();
  return time;
}

// The descriptor that reads the folder is one of them.
std::optional<int64_t> OpenDescriptors() {
  std::error_code failed;
  const std::filesystem::directory_iterator folder("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  return std::distance(begin(folder), end(folder));
}

MetricFamily Family(const char* name, const char* help, MetricType type, double value) {
  MetricFamily family{.name = name, .help = help, .type = type, .metric = {{}}};
  (type == MetricType::Counter ? family.metric[0].counter.value : family.metric[0].gauge.value) =
      value;
  return family;
}

void AddStat(const ProcessStat& stat, std::vector<MetricFamily>& families) {
  static const auto ticks_a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  families.push_back(Family("process_cpu_seconds_total", "User and system CPU time in seconds",
                            MetricType::Counter,
                            static_cast<double>(stat.cpu_ticks) / ticks_a_second));
  families.push_back(Family("process_resident_memory_bytes", "Memory that lies in RAM",
                            MetricType::Gauge,
                            static_cast<double>(stat.resident_pages) * page_bytes));
  families.push_back(Family("process_virtual_memory_bytes", "Memory that is mapped",
                            MetricType::Gauge, static_cast<double>(stat.virtual_bytes)));
  if (BootTime().has_value()) {
    families.push_back(Family(
        "process_start_time_seconds", "Start of the process, in seconds since 1970",
        MetricType::Gauge,
        static_cast<double>(*BootTime()) + static_cast<double>(stat.start_ticks) / ticks_a_second));
  }
}

}  // namespace

std::optional<ProcessStat> ParseProcessStat(std::string_view text) {
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> fields =
      absl::StrSplit(std::string(text.substr(name_end + 1)), ' ', absl::SkipWhitespace());
  if (fields.size() <= kResidentPages) return std::nullopt;
  ProcessStat stat;
  int64_t user = 0, system = 0;
  if (!absl::SimpleAtoi(fields[kUserTime], &user) ||
      !absl::SimpleAtoi(fields[kSystemTime], &system) ||
      !absl::SimpleAtoi(fields[kStartTime], &stat.start_ticks) ||
      !absl::SimpleAtoi(fields[kVirtualSize], &stat.virtual_bytes) ||
      !absl::SimpleAtoi(fields[kResidentPages], &stat.resident_pages)) {
    return std::nullopt;
  }
  stat.cpu_ticks = user + system;
  return stat;
}

std::vector<MetricFamily> ReadProcessMetrics() {
  std::vector<MetricFamily> families;
  if (const auto stat = ParseProcessStat(Read("/proc/self/stat")); stat.has_value()) {
    AddStat(*stat, families);
  }
  if (const auto open = OpenDescriptors(); open.has_value()) {
    families.push_back(Family("process_open_fds", "Open file descriptors", MetricType::Gauge,
                              static_cast<double>(*open)));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    families.push_back(Family("process_max_fds", "File descriptors that may be open",
                              MetricType::Gauge, static_cast<double>(limit.rlim_cur)));
  }
  return families;
}

}  // namespace convoy::server
