#include "server/registry/load_plan.h"

#include <algorithm>

namespace convoy::server {
namespace {

template <typename Version>
const Version* Find(std::span<const Version> versions, int64_t number) {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [&](const Version& each) { return each.version == number; });
  return found == versions.end() ? nullptr : &*found;
}

void PlanWanted(const WantedVersion& wanted, const HeldVersion* held, FailedFiles failed,
                LoadPlan& plan) {
  if (held != nullptr && held->serves == wanted.stamp) {
    plan.keep.push_back(wanted.version);
  } else if (!wanted.settled ||
             (held != nullptr && held->failed == wanted.stamp && failed == FailedFiles::kLeave)) {
    plan.wait.push_back(wanted.version);
  } else {
    plan.load.push_back(wanted.version);
  }
}

}  // namespace

LoadPlan PlanLoad(std::span<const WantedVersion> wanted, std::span<const HeldVersion> held,
                  FailedFiles failed) {
  LoadPlan plan;
  for (const WantedVersion& each : wanted) {
    PlanWanted(each, Find(held, each.version), failed, plan);
  }
  for (const HeldVersion& each : held) {
    if (Find(wanted, each.version) != nullptr) continue;
    if (!each.serves.has_value()) {
      plan.forget.push_back(each.version);
    } else if (plan.wait.empty()) {
      plan.unload.push_back(each.version);
    }
  }
  return plan;
}

}  // namespace convoy::server
