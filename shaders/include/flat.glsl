// The number of an invocation in a launch of FlatGrid (compute/vulkan/flat_grid.h). The last workgroups may lie past the end:
// compare as unsigned, because the number may pass 2^31 there.
//
//   const int i = FlatIndex();
//   if (uint(i) >= uint(push.count)) return;

int FlatIndex() {
  return int((gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x);
}

// n divided by divisor k of a kernel whose push constants hold PackedDividers (compute/vulkan/fast_divide.h).
#define DIVIDE(n, k) FastDivide(n, push.multipliers[k], int(push.shifts >> uint(5 * (k))) & 31)
