#include "models/plan_cache.h"

#include <utility>

#include "compute/base/status.h"

namespace convoy::models {

void PlanCache::Add(std::unique_ptr<CompiledPlan> plan) {
  const std::lock_guard lock(mutex_);
  kept_.push_back(std::move(plan));
}

std::shared_ptr<CompiledPlan> PlanCache::Find(const std::vector<compute::Shape>& inputs) {
  const std::lock_guard lock(mutex_);
  for (const auto& plan : kept_) {
    if (plan->inputs == inputs) return plan;
  }
  for (auto entry = recent_.begin(); entry != recent_.end(); ++entry) {
    if ((*entry)->inputs != inputs) continue;
    recent_.splice(recent_.begin(), recent_, entry);
    return recent_.front();
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<CompiledPlan>> PlanCache::Get(
    const std::vector<compute::Shape>& inputs, const BuildFunction& build) {
  if (auto plan = Find(inputs); plan != nullptr) return plan;
  const std::lock_guard building(build_mutex_);
  if (auto plan = Find(inputs); plan != nullptr) return plan;  // somebody else was faster
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<CompiledPlan> plan, build());
  const std::lock_guard lock(mutex_);
  recent_.push_front(plan);
  recent_bytes_ += plan->bytes;
  Evict();
  return plan;
}

void PlanCache::Evict() {
  while (recent_.size() > 1 && (recent_bytes_ > limit_ || recent_.size() > kMaxShapePlans)) {
    recent_bytes_ -= recent_.back()->bytes;
    recent_.pop_back();
  }
}

}  // namespace convoy::models
