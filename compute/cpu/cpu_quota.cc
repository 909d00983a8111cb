#include "compute/cpu/cpu_quota.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "compute/base/small_file.h"

namespace convoy::compute {
namespace {

// "/a/b" below `mount`: mount/a/b/, mount/a/, mount/.
std::vector<std::string> FoldersUpFrom(absl::string_view group, absl::string_view mount) {
  std::vector<std::string> folders;
  // A process outside the root of its namespace is at "/../..": nothing of that is mounted.
  if (absl::StrContains(group, "..")) group = "/";
  while (group.size() > 1) {
    folders.push_back(absl::StrCat(mount, group, "/"));
    group = group.substr(0, group.rfind('/'));
  }
  folders.push_back(absl::StrCat(mount, "/"));
  return folders;
}

bool NamesCpu(absl::string_view controllers) {
  const std::vector<absl::string_view> names = absl::StrSplit(controllers, ',');
  return std::find(names.begin(), names.end(), "cpu") != names.end();
}

// Empty where there is no such file.
std::string Read(const std::string& path) { return ReadSmallFile(path).value_or(""); }

void TakeLess(std::optional<double> quota, std::optional<double>& least) {
  if (quota.has_value()) least = std::min(quota.value(), least.value_or(*quota));
}

}  // namespace

std::optional<double> QuotaCoresOf(std::string_view cpu_max) {
  const std::vector<std::string> words = absl::StrSplit(
      absl::string_view(cpu_max.data(), cpu_max.size()), absl::ByAnyChar(" \n"), absl::SkipEmpty());
  double quota = 0;
  double period = 0;
  if (words.size() != 2 || !absl::SimpleAtod(words[0], &quota) ||
      !absl::SimpleAtod(words[1], &period)) {
    return std::nullopt;
  }
  if (!(quota > 0) || !(period > 0)) return std::nullopt;
  return quota / period;
}

QuotaFolders QuotaFoldersOf(std::string_view proc_cgroup) {
  QuotaFolders folders;
  const absl::string_view text(proc_cgroup.data(), proc_cgroup.size());
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // "hierarchy:controllers:group"; no controllers = v2.
    const std::vector<absl::string_view> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3 || !absl::StartsWith(fields[2], "/")) continue;
    if (fields[1].empty()) folders.v2 = FoldersUpFrom(fields[2], "/sys/fs/cgroup");
    if (NamesCpu(fields[1])) folders.v1 = FoldersUpFrom(fields[2], "/sys/fs/cgroup/cpu");
  }
  return folders;
}

std::optional<double> ReadCpuQuota() {
  const QuotaFolders folders = QuotaFoldersOf(Read("/proc/self/cgroup"));
  std::optional<double> least;
  for (const std::string& folder : folders.v2) {
    TakeLess(QuotaCoresOf(Read(folder + "cpu.max")), least);
  }
  for (const std::string& folder : folders.v1) {
    TakeLess(QuotaCoresOf(absl::StrCat(Read(folder + "cpu.cfs_quota_us"), " ",
                                       Read(folder + "cpu.cfs_period_us"))),
             least);
  }
  return least;
}

}  // namespace convoy::compute
