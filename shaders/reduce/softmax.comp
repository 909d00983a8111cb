// Softmax, log-softmax or hardmax along one dimension of a linear tensor. One invocation a row.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(constant_id = 1) const int kKind = 0;  // the order of SoftmaxKind in compute/ops/reduce/softmax.h
const int kLogSoftmax = 1;
const int kHardmax = 2;

layout(push_constant) uniform Push {
  BASES
  int rows;
  int extent;
  int stride;  // between the elements of a row; also the rows that lie interleaved
  uint stride_multiplier;
  int stride_shift;
} push;

void main() {
  const int row = FlatIndex();
  if (uint(row) >= uint(push.rows)) return;
  const int outer = FastDivide(row, push.stride_multiplier, push.stride_shift);
  const int first = outer * push.extent * push.stride + row - outer * push.stride;

  float largest = LOADF0(first);
  for (int k = 1; k < push.extent; ++k) {
    const float x = LOADF0(first + k * push.stride);
    if (x > largest) largest = x;
  }
  if (kKind == kHardmax) {
    bool found = false;
    for (int k = 0; k < push.extent; ++k) {
      const bool is_first = !found && LOADF0(first + k * push.stride) == largest;
      output_floats[first + k * push.stride] = is_first ? 1.0 : 0.0;
      found = found || is_first;
    }
    return;
  }
  float sum = 0;
  for (int k = 0; k < push.extent; ++k) sum += exp(LOADF0(first + k * push.stride) - largest);
  const float scale = 1 / sum;
  const float log_sum = log(sum);
  for (int k = 0; k < push.extent; ++k) {
    const int address = first + k * push.stride;
    const float x = LOADF0(address) - largest;
    output_floats[address] = kKind == kLogSoftmax ? x - log_sum : exp(x) * scale;
  }
}
