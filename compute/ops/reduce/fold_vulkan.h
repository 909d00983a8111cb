// Folding many values into one on a Vulkan device: what Reduce and GlobalPool share. A run too long
// for one invocation is folded in parts, and the parts in a second launch; how it is cut depends on
// its length alone, so that equal rows give equal bits in any batch.
//
//   Fold fold{.combine = FoldCombine::kAdd, .finish = FoldFinish::kAverage, .total = pixels};
//   return RecordImageFold(fold, builder);
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// Mirrored by shaders/reduce/fold.glsl.
enum class FoldPrepare { kNone, kMagnitude, kSquare, kPowers };
enum class FoldCombine { kAdd, kLargest, kSmallest, kMultiply, kLogSumExp };
enum class FoldFinish { kNone, kAverage, kLog, kSquareRoot, kRoot };

struct Fold {
  FoldPrepare prepare = FoldPrepare::kNone;  // of every value
  FoldCombine combine = FoldCombine::kAdd;
  FoldFinish finish = FoldFinish::kNone;  // of every result
  int power = 2;                          // of kPowers and kRoot
  int64_t total = 1;                      // values that make one result: what kAverage divides by
};

// A run that one invocation folds alone.
inline constexpr int64_t kShortRun = 256;
// 1, or the square root of a longer one.
int64_t PartsOf(int64_t run);

// Input 0, [N, C, spatial...], to output 0, [N, C, ...]: both kC4, FP32.
absl::Status RecordImageFold(const Fold& fold, VulkanStepBuilder& builder);

// Input 0 to output 0, both kLinear; `axes` ascend.
absl::Status RecordLinearFold(const Fold& fold, std::span<const int> axes,
                              VulkanStepBuilder& builder);

}  // namespace convoy::compute
