// The compiled plans of one model: those of the batch buckets are there from the start and stay;
// those for input shapes that requests choose are built on first use, and the least recently used
// one goes when there are too many. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "models/plan_builder.h"

namespace convoy::models {

inline constexpr size_t kMaxShapePlans = 16;

class PlanCache {
 public:
  using BuildFunction = std::function<absl::StatusOr<std::unique_ptr<CompiledPlan>>()>;

  // Kept for good.
  void Add(std::unique_ptr<CompiledPlan> plan);

  // The plan whose input shapes are `inputs`, made by `build` when there is none. One plan is built
  // at a time. The caller's reference keeps an evicted plan alive.
  absl::StatusOr<std::shared_ptr<CompiledPlan>> Get(const std::vector<compute::Shape>& inputs,
                                                    const BuildFunction& build);

 private:
  std::shared_ptr<CompiledPlan> Find(const std::vector<compute::Shape>& inputs);

  std::mutex mutex_;
  std::vector<std::shared_ptr<CompiledPlan>> kept_;  // guarded by mutex_
  std::list<std::shared_ptr<CompiledPlan>> recent_;  // guarded by mutex_; latest use first
  std::mutex build_mutex_;                           // held while a plan is built
};

}  // namespace convoy::models
