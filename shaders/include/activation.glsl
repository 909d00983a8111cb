// Activation functions, in the order of ActivationKind in compute/ops/elementwise/activation.h, where the formulas stand. The
// kind is a specialization constant of every kernel, so that only one function is compiled.
#include "include/erf.glsl"

const int kNone = 0;
const int kRelu = 1;
const int kLeakyRelu = 2;
const int kClip = 3;
const int kSigmoid = 4;
const int kTanh = 5;
const int kElu = 6;
const int kCelu = 7;
const int kHardSigmoid = 8;
const int kHardSwish = 9;
const int kSwish = 10;
const int kGelu = 11;
const int kGeluTanh = 12;
const int kMish = 13;

// Comparisons, not max and min: NaN passes through on every driver.
vec4 ClipTo(vec4 v, float low, float high) {
  v = mix(v, vec4(low), lessThan(v, vec4(low)));
  return mix(v, vec4(high), greaterThan(v, vec4(high)));
}

// exp where it is at most 1: what is not taken must not overflow.
vec4 ExpBelow(vec4 v) { return exp(min(v, 0)); }

// tanh by exp(-2|x|): exp(2x) would overflow for x > 44.
vec4 Tanh(vec4 v) {
  const vec4 e = exp(-2 * abs(v));
  return sign(v) * (1 - e) / (1 + e);
}

vec4 Activate(vec4 v, int kind, float alpha, float beta) {
  const bvec4 below = lessThan(v, vec4(0));
  if (kind == kNone) return v;
  if (kind == kRelu) return mix(v, vec4(0), below);
  if (kind == kLeakyRelu) return mix(v, alpha * v, below);
  if (kind == kClip) return ClipTo(v, alpha, beta);
  if (kind == kSigmoid) return 1 / (1 + exp(-v));
  if (kind == kTanh) return Tanh(v);
  if (kind == kElu) return beta * mix(v, alpha * (ExpBelow(v) - 1), below);
  if (kind == kCelu) return mix(v, alpha * (ExpBelow(v / alpha) - 1), below);
  if (kind == kHardSigmoid) return ClipTo(alpha * v + beta, 0, 1);
  if (kind == kHardSwish) return v * ClipTo(v / 6 + 0.5, 0, 1);
  if (kind == kSwish) return v / (1 + exp(-alpha * v));
  if (kind == kGelu) return 0.5 * v * Erfc(-0.7071067811865476 * v);
  // (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)), without the cancellation at negative u.
  if (kind == kGeluTanh) return v / (1 + exp(-1.5957691216057308 * (v + 0.044715 * v * v * v)));
  if (kind == kMish) {
    // tanh(log(1 + e)) = n / (n + 2) for e = exp(v) and n = e * (e + 2); 1 in FP32 beyond 20.
    const vec4 e = exp(min(v, 20));
    const vec4 n = e * (e + 2);
    return v * (n / (n + 2));
  }
  // Softplus. The series of log(1 + e) where 1 + e would lose the digits of e.
  const vec4 e = exp(-abs(v));
  const vec4 small = e * (1 - e * (0.5 - e / 3));
  return max(v, 0) + mix(log(1 + e), small, lessThan(e, vec4(0.01)));
}
