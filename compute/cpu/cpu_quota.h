// How much CPU time the control groups of this process allow it: what a container's or a service's
// limit is made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convoy::compute {

// The least quota, in cores, of the process's group and those around it; nullopt = no limit.
std::optional<double> ReadCpuQuota();

// Cores that a control group allows. `cpu_max` is cgroup v2's cpu.max ("150000 100000" or
// "max 100000"); v1 spells the same figures in two files, to be joined by a space ("-1 100000" = no
// limit). nullopt = no limit, or no such form.
std::optional<double> QuotaCoresOf(std::string_view cpu_max);

// The folders of the groups whose quota binds a process with this /proc/PID/cgroup (cgroups(7)),
// innermost first, each with a slash at its end. In a container the file may name groups as the
// host sees them, which are not there: folders may be absent.
struct QuotaFolders {
  std::vector<std::string> v1, v2;
};
QuotaFolders QuotaFoldersOf(std::string_view proc_cgroup);

}  // namespace convoy::compute
