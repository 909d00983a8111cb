// Addresses by computed indices. `extent` and `stride` stand in the table of compute/ops/move/indices_vulkan.h. A negative index
// counts from the end, and what then lies outside is clamped (compute/ops/move/indices.h): no index leaves the tensor.
int IndexOffset(int index, int extent, int stride) {
  return clamp(index < 0 ? index + extent : index, 0, extent - 1) * stride;
}
