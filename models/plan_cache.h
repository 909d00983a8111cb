// The compiled plans of one model: those of the batch buckets are there from the start and stay;
// those for input shapes that requests choose are built on first use, and the least recently used
// go when all together take too much memory. Thread-safe.
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

// Command buffers and tables of a plan are not counted in bytes.
inline constexpr size_t kMaxShapePlans = 64;

class PlanCache {
 public:
  using BuildFunction = std::function<absl::StatusOr<std::unique_ptr<CompiledPlan>>()>;

  // `limit` bounds CompiledPlan::bytes of the plans that Get makes, all together. One plan beyond
  // it is kept all the same: the request that needs it has it anyway.
  explicit PlanCache(int64_t limit) : limit_(limit) {}

  // Kept for good.
  void Add(std::unique_ptr<CompiledPlan> plan);

  // The plan whose input shapes are `inputs`, made by `build` when there is none. One plan is built
  // at a time. The caller's reference keeps an evicted plan alive.
  absl::StatusOr<std::shared_ptr<CompiledPlan>> Get(const std::vector<compute::Shape>& inputs,
                                                    const BuildFunction& build);

 private:
  std::shared_ptr<CompiledPlan> Find(const std::vector<compute::Shape>& inputs);
  void Evict();

  const int64_t limit_;

  std::mutex mutex_;
  std::vector<std::shared_ptr<CompiledPlan>> kept_;  // guarded by mutex_
  std::list<std::shared_ptr<CompiledPlan>> recent_;  // guarded by mutex_; latest use first
  int64_t recent_bytes_ = 0;                         // guarded by mutex_
  std::mutex build_mutex_;                           // held while a plan is built
};

}  // namespace convoy::models
