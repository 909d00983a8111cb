// What the launchers (<file>_vulkan.cc) share: layout choices, tables in device memory.
//
//   return SameLayout(LiesInChannels(shape) ? kC4Layout : kLinearLayout, shape);
//
// Pure functions but for UploadFloats, which records nothing yet allocates through the builder.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "compute/tensor/dtype.h"
#include "compute/tensor/shape.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// The entries of VulkanLayouts.
inline constexpr int kC4Layout = static_cast<int>(VulkanLayout::kC4);
inline constexpr int kLinearLayout = static_cast<int>(VulkanLayout::kLinear);

// A shape of rank 2 to 5 seen as samples, channels and the pixels of one sample.
struct ChannelDims {
  int64_t n = 1;
  int64_t c = 1;
  int64_t image = 1;
};
bool HasChannels(const Shape& shape);  // rank 2 to 5
ChannelDims ChannelDimsOf(const Shape& shape);

// `layout` for every input and output.
VulkanLayouts SameLayout(int layout, const VulkanStepShape& shape);

// Input 0 lies in channel quads already: an operator that can work on either layout keeps it.
bool LiesInChannels(const VulkanStepShape& shape);

// The variant of a kernel that computes: none for FP32, "_test" where FP32 becomes BOOL, "_words"
// for integers and BOOL.
std::string_view ElementVariant(DType in, DType out);

// Bits of an integer type in its word: 64-bit integers have 32 (compute/tensor/words.h).
uint32_t WordBits(DType dtype);

// Host-made values as they are. Their bytes must not depend on anything that `floats` does not
// show.
absl::StatusOr<VulkanOperand> UploadFloats(std::span<const float> floats,
                                           VulkanStepBuilder& builder);

}  // namespace convoy::compute
