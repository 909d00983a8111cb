#include "compute/ops/strided_vulkan.h"

#include <algorithm>

#include "compute/base/status.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

constexpr int kMaxDims = 6;

// Mirrors shaders/move/copy.comp.
struct CopyPush {
  StridedPush walk;
  int32_t first0;
  int32_t first1;
};

}  // namespace

StridedWalk Collapse(const StridedWalk& walk) {
  StridedWalk result;
  for (int i = 0; i < walk.extents.rank(); ++i) {
    const int64_t extent = walk.extents[i];
    if (extent == 1) continue;
    const int last = result.extents.rank() - 1;
    const bool continues = last >= 0 && result.strides0[last] == walk.strides0[i] * extent &&
                           result.strides1[last] == walk.strides1[i] * extent;
    if (continues) {
      result.extents[last] *= extent;
      result.strides0[last] = walk.strides0[i];
      result.strides1[last] = walk.strides1[i];
    } else {
      result.extents.Append(extent);
      result.strides0.push_back(walk.strides0[i]);
      result.strides1.push_back(walk.strides1[i]);
    }
  }
  return result;
}

absl::StatusOr<StridedPush> MakeStridedPush(const StridedWalk& walk) {
  const StridedWalk collapsed = Collapse(walk);
  const int rank = collapsed.extents.rank();
  if (rank > kMaxDims) {
    return absl::UnimplementedError(
        absl::StrFormat("the walk over %s has %d dimensions that cannot be joined, but the Vulkan "
                        "kernels take at most %d",
                        walk.extents.ToString(), rank, kMaxDims));
  }
  StridedPush push;
  push.count = static_cast<int32_t>(collapsed.extents.elements());
  std::array<int64_t, 5> extents{1, 1, 1, 1, 1};
  for (int i = 0; i < rank; ++i) {
    const int place = kMaxDims - rank + i;  // the innermost dimension is the kernel's last
    if (place > 0) extents[place - 1] = collapsed.extents[i];
    push.strides0[place] = static_cast<int32_t>(collapsed.strides0[i]);
    push.strides1[place] = static_cast<int32_t>(collapsed.strides1[i]);
  }
  std::copy(extents.begin(), extents.end(), push.extents.begin());
  push.by_extents = PackDividers(extents);
  return push;
}

absl::Status RecordCopy(const StridedWalk& walk, int input, int64_t first0, int64_t first1,
                        VulkanStepBuilder& builder) {
  CONVOY_ASSIGN_OR_RETURN(const StridedPush push, MakeStridedPush(walk));
  VulkanDispatch dispatch;
  dispatch.shader = "move/copy";
  dispatch.inputs[0] = builder.input_operand(input);
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(push.count, builder.traits());
  dispatch.SetPush(CopyPush{push, static_cast<int32_t>(first0), static_cast<int32_t>(first1)});
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
