// Sweeps over shapes for the tests of the Vulkan launchers: every case becomes a small plan that
// runs on the Vulkan device and on the reference.
#pragma once

#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {

// `value` as it is, or handed on by an operator that works on channel quads (rank 3 to 5 only).
int InChannels(PlanDraft& draft, int value);

// Skips the test, with the reason, where there is no Vulkan device.
class VulkanSweep : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;  // fails the test where the validation layer has something to say

  // The worst difference to the reference; see ErrorAgainstReference.
  double Error(const PlanDraft& draft);
  // The same for one operator of one input, with input and output in a layout drawn for each.
  template <typename Params>
  double ErrorOf(const Params& params, const compute::Shape& shape) {
    PlanDraft draft;
    int x = draft.Input(shape);
    if (DrawBool()) x = InChannels(draft, x);
    int y = draft.Step(params, {x});
    if (DrawBool()) y = InChannels(draft, y);
    draft.Output(y);
    return Error(draft);
  }
  // Steps of the session that are layout changes.
  int LayoutChanges(const PlanDraft& draft);

  // `low` to `high`, both possible.
  int64_t Draw(int64_t low, int64_t high);
  bool DrawBool() { return Draw(0, 1) == 1; }
  template <typename T>
  T DrawOf(std::initializer_list<T> values) {
    return values.begin()[Draw(0, static_cast<int64_t>(values.size()) - 1)];
  }
  // Of batch 1, 3 or 8, with channels 1, 3, 4, 5, 7 or 13 and odd extents.
  compute::Shape DrawImage(int rank, int64_t most = 9);
  compute::Shape DrawImage() { return DrawImage(static_cast<int>(Draw(2, 5))); }
  compute::Shape DrawShape();  // of rank 1 to 6

 private:
  compute::Device* device_ = nullptr;
  std::mt19937 random_{7};
};

}  // namespace convoy::testing
