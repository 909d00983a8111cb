// The last step of convolution and dense kernels, mirrored by Epilogue in compute/ops/conv/epilogue.h. Unlike Activate it has
// no branch, because kernels unroll it dozens of times: y = v < low ? (leaky ? slope * v : low) : v, then at most `high`.
// Needs push.low, push.high, push.slope and the specialization constant kSmooth (0, or a kind that bounds cannot express, whose
// parameters lie in push.low and push.high).
#include "include/activation.glsl"

vec4 Epilogue(vec4 v) {
  if (kSmooth != 0) return Activate(v, kSmooth, push.low, push.high);
  const vec4 below = push.slope != 0 ? push.slope * v : vec4(push.low);
  v = mix(v, below, lessThan(v, vec4(push.low)));
  return mix(v, vec4(push.high), greaterThan(v, vec4(push.high)));
}
