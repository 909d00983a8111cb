// Updates (input 1) written to or reduced into a copy of data at computed indices (input 0); input 2 is the table of extents
// and strides. One invocation a line of updates, in order: see compute/ops/move/scatter_vulkan.cc.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/strided.glsl"
#include "move/indices.glsl"

// The output, which is read here as well.
layout(binding = 4, std430) buffer Updated { int updated[]; };

layout(push_constant) uniform Push {
  BASES
  STRIDED_WALK  // the start of the line in y, and in updates and (kElements) indices
  int steps;
  int update_step;
  int index_step;
  int modes;  // ModesOf in compute/ops/move/scatter_vulkan.cc
} push;

STRIDED_OFFSETS

// The order of ScatterReduction in compute/ops/move/scatter.h.
const int kAssign = 0;
const int kAdd = 1;
const int kMul = 2;
const int kMin = 3;

float ReduceFloat(int reduction, float y, float update) {
  if (reduction == kAdd) return y + update;
  if (reduction == kMul) return y * update;
  if (reduction == kMin) return update < y ? update : y;
  return y < update ? update : y;
}

int ReduceInteger(int reduction, int y, int update, bool is_signed, int bits) {
  if (reduction == kAdd || reduction == kMul) {
    const int result = reduction == kAdd ? y + update : y * update;
    return is_signed ? bitfieldExtract(result, 0, bits) : int(bitfieldExtract(uint(result), 0, bits));
  }
  const bool less = is_signed ? update < y : uint(update) < uint(y);
  return less == (reduction == kMin) ? update : y;
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 address = StridedOffsets(i);
  const int reduction = push.modes & 15;
  const int coordinates = push.modes >> 4 & 15;
  const bool is_signed = (push.modes >> 9 & 1) != 0;
  const int bits = push.modes >> 10;
  int index_at = (push.modes >> 8 & 1) != 0 ? address.y : 0;
  for (int step = 0; step < push.steps; ++step) {
    int to = address.x;
    for (int k = 0; k < coordinates; ++k) {
      to += IndexOffset(LOADI0(index_at + k), LOADI2(2 * k), LOADI2(2 * k + 1));
    }
    index_at += push.index_step;
    const float update = LOADF1(address.y + step * push.update_step);
    int result = floatBitsToInt(update);
    if (reduction != kAssign) {
      const int y = updated[to];
      result = bits == 0 ? floatBitsToInt(ReduceFloat(reduction, intBitsToFloat(y), update))
                         : ReduceInteger(reduction, y, result, is_signed, bits);
    }
    updated[to] = result;
  }
}
