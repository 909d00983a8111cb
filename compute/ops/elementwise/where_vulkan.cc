// Vulkan: one walk over three linear tensors.
#include <array>

#include "absl/strings/str_format.h"
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

constexpr int kMaxDims = 5;
constexpr size_t kInputs = 3;

// Mirrors shaders/elementwise/where.comp.
struct WherePush {
  int32_t count = 0;
  std::array<int32_t, kMaxDims - 1> extents{};
  PackedDividers<kMaxDims - 1> by_extents;
  std::array<std::array<int32_t, kMaxDims>, kInputs> strides{};
};

struct Walk {
  Shape extents;
  std::array<Index, kInputs> strides;
};

// The walk over all of `out`, where dimensions that every input walks through without a jump are
// one and those of extent 1 are left out.
Walk WalkOf(const VulkanStepBuilder& builder, const Shape& out) {
  std::array<Index, kInputs> strides;
  for (size_t k = 0; k < kInputs; ++k) {
    strides[k] = BroadcastStrides(builder.input(static_cast<int>(k)).spec.shape, out);
  }
  Walk walk;
  for (int i = 0; i < out.rank(); ++i) {
    if (out[i] == 1) continue;
    const int last = walk.extents.rank() - 1;
    bool continues = last >= 0;
    for (size_t k = 0; continues && k < kInputs; ++k) {
      continues = walk.strides[k][last] == strides[k][i] * out[i];
    }
    if (continues) {
      walk.extents[last] *= out[i];
    } else {
      walk.extents.Append(out[i]);
    }
    for (size_t k = 0; k < kInputs; ++k) {
      if (continues) walk.strides[k].pop_back();
      walk.strides[k].push_back(strides[k][i]);
    }
  }
  return walk;
}

}  // namespace

VulkanLayouts ChooseLayouts(const WhereParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const WhereParams&, VulkanStepBuilder& builder) {
  const Shape& out = builder.output(0).spec.shape;
  const Walk walk = WalkOf(builder, out);
  const int rank = walk.extents.rank();
  if (rank > kMaxDims) {
    return absl::UnimplementedError(
        absl::StrFormat("Where over %s has %d dimensions that cannot be joined, but the Vulkan "
                        "kernel takes at most %d",
                        out.ToString(), rank, kMaxDims));
  }
  WherePush push;
  push.count = static_cast<int32_t>(out.elements());
  std::array<int64_t, kMaxDims - 1> extents{1, 1, 1, 1};
  for (int i = 0; i < rank; ++i) {
    const int place = kMaxDims - rank + i;  // the innermost dimension is the kernel's last
    if (place > 0) extents[static_cast<size_t>(place) - 1] = walk.extents[i];
    for (size_t k = 0; k < kInputs; ++k) {
      push.strides[k][static_cast<size_t>(place)] = static_cast<int32_t>(walk.strides[k][i]);
    }
  }
  std::copy(extents.begin(), extents.end(), push.extents.begin());
  push.by_extents = PackDividers(extents);
  VulkanDispatch dispatch;
  dispatch.shader = "elementwise/where";
  for (size_t k = 0; k < kInputs; ++k) {
    dispatch.inputs[k] = builder.input_operand(static_cast<int>(k));
  }
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(push.count, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
