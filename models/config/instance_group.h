// How many batches of a model run at once, and where: config.pbtxt's `instance_group`. Plain data.
#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace convoy::models {

enum class InstanceKind { kAuto, kGpu, kCpu, kModel };

struct InstanceGroup {
  std::string name;
  int64_t count = 0;  // batches at once, on each of `gpus` where there are some; 0 = not said
  InstanceKind kind = InstanceKind::kAuto;
  std::vector<int64_t> gpus;  // numbers, for kGpu and kAuto; empty: all

  friend bool operator==(const InstanceGroup&, const InstanceGroup&) = default;
};

// Batches at once that the groups ask for together; 0 where none of them says a number.
inline int64_t InstanceCount(std::span<const InstanceGroup> groups) {
  return std::accumulate(groups.begin(), groups.end(), int64_t{0},
                         [](int64_t sum, const InstanceGroup& group) { return sum + group.count; });
}

}  // namespace convoy::models
