// y = act(alpha * op(a) * op(b) + beta * c) on row-major matrices, one element an invocation: what no faster kernel covers.
// Inputs: a, b, c as floats; c broadcasts to [M, N] by strides of 0. Strides are in floats.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"

layout(constant_id = 1) const bool kBias = false;
layout(constant_id = 2) const int kSmooth = 0;

layout(push_constant) uniform Push {
  BASES
  int rows, inner, outer;
  int a_row, a_inner;  // strides of op(a) along M and K
  int b_inner, b_outer;
  int c_row, c_outer;
  float product_scale, bias_scale;
  float low, high, slope;
  int first;           // element at which the dispatch starts
} push;

#include "include/epilogue.glsl"

void main() {
  const int index = push.first + int(gl_GlobalInvocationID.x);
  if (index >= push.rows * push.outer) return;
  const int row = index / push.outer, column = index % push.outer;
  float sum = 0;
  for (int k = 0; k < push.inner; ++k) {
    sum += LOADF0(row * push.a_row + k * push.a_inner) * LOADF1(k * push.b_inner + column * push.b_outer);
  }
  sum *= push.product_scale;
  if (kBias) sum += push.bias_scale * LOADF2(row * push.c_row + column * push.c_outer);
  output_floats[index] = Epilogue(vec4(sum)).x;
}
