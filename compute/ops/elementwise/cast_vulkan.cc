// Vulkan: one word in, one word out (compute/tensor/words.h), in whichever layout the input has.
#include <cmath>

#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/elementwise/cast.comp.
struct CastPush {
  int32_t vec4s;
  int32_t from;
  int32_t to;
  float low;  // the integers that a float may become
  float high;
  int32_t bits;  // of the integers of type `to`
};

enum Kind : int32_t { kFloatWord, kSignedWord, kUnsignedWord, kBoolWord };

Kind KindOf(DType dtype) {
  if (IsFloat(dtype)) return kFloatWord;
  if (dtype == DType::kBool) return kBoolWord;
  return IsUnsigned(dtype) ? kUnsignedWord : kSignedWord;
}

// Every value of `from` is the same word as a value of `to`.
bool KeepsWords(DType from, DType to) {
  const Kind kind = KindOf(from);
  if (kind != KindOf(to)) return kind == kBoolWord && to != DType::kFloat32 && !IsFloat(to);
  return kind == kFloatWord || WordBits(from) <= WordBits(to);
}

}  // namespace

VulkanLayouts ChooseLayouts(const CastParams&, const VulkanStepShape& shape) {
  return SameLayout(LiesInChannels(shape) ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const CastParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const DType from = x.spec.dtype;
  if (KeepsWords(from, params.to)) return builder.Alias(0);
  const auto bits = static_cast<int32_t>(WordBits(params.to));
  const bool is_signed = KindOf(params.to) == kSignedWord;
  VulkanDispatch dispatch;
  dispatch.shader = "elementwise/cast";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(x.vec4s(), builder.traits());
  dispatch.SetPush(CastPush{
      .vec4s = static_cast<int32_t>(x.vec4s()),
      .from = KindOf(from),
      .to = KindOf(params.to),
      .low = is_signed ? -std::ldexp(1.0F, bits - 1) : 0.0F,
      .high = std::ldexp(1.0F, is_signed ? bits - 1 : bits),
      .bits = bits,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
