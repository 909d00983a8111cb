// The functions of two tensors, in the order of BinaryKind in compute/ops/elementwise/binary.h, for the three kinds of
// kernels: FP32 to FP32, FP32 to BOOL (TEST), integers and BOOL (WORDS; compute/tensor/words.h). All sizes and kinds are
// specialization constants, so that one function is compiled.
#include "include/activation.glsl"

layout(constant_id = 1) const int kKind = 0;
layout(constant_id = 2) const int kActivation = 0;
layout(constant_id = 3) const int kBits = 32;         // of the integers
layout(constant_id = 4) const int kIsUnsigned = 0;

const int kAdd = 0;
const int kSub = 1;
const int kMul = 2;
const int kDiv = 3;
const int kPow = 4;
const int kMin = 5;
const int kMax = 6;
const int kMod = 7;
const int kFmod = 8;
const int kPRelu = 9;
const int kEqual = 10;
const int kGreater = 11;
const int kGreaterOrEqual = 12;
const int kAnd = 13;
const int kOr = 14;
const int kXor = 15;
const int kShiftLeft = 16;

#ifdef WORDS

#include "elementwise/integers.glsl"
#define ELEMENTS ivec4
#define RESULTS ivec4
#define ELEMENTS_OF(v) floatBitsToInt(v)

int CombineOne(int a, int b) {
  if (kKind == kAdd) return Narrow(a + b);
  if (kKind == kSub) return Narrow(a - b);
  if (kKind == kMul) return Narrow(a * b);
  if (kKind == kDiv) return Narrow(Divide(a, b));
  if (kKind == kPow) return Narrow(Power(a, b));
  if (kKind == kMin) return IsLess(a, b) ? a : b;
  if (kKind == kMax) return IsLess(a, b) ? b : a;
  if (kKind == kMod) return Modulo(a, b);
  if (kKind == kFmod) return Remainder(a, b);
  if (kKind == kEqual) return int(a == b);
  if (kKind == kGreater) return int(IsLess(b, a));
  if (kKind == kGreaterOrEqual) return int(!IsLess(a, b));
  if (kKind == kAnd) return a & b;
  if (kKind == kOr) return a | b;
  if (kKind == kXor) return a ^ b;
  if (uint(b) >= uint(kBits)) return 0;
  return Narrow(kKind == kShiftLeft ? a << b : int(uint(a) >> uint(b)));
}

ivec4 Combine(ivec4 a, ivec4 b) {
  return ivec4(CombineOne(a.x, b.x), CombineOne(a.y, b.y), CombineOne(a.z, b.z), CombineOne(a.w, b.w));
}

#else

#define ELEMENTS vec4
#define ELEMENTS_OF(v) v

#ifdef TEST
#define RESULTS ivec4

ivec4 Combine(vec4 a, vec4 b) {
  if (kKind == kEqual) return ivec4(equal(a, b));
  if (kKind == kGreater) return ivec4(greaterThan(a, b));
  return ivec4(greaterThanEqual(a, b));
}

#else
#define RESULTS vec4

// GLSL's pow knows no negative base. Small whole exponents multiply: x^2 is exact to the last bit.
float Power(float a, float b) {
  const float whole = trunc(b);
  if (b == whole && abs(b) <= 64) {
    float result = 1, square = a;
    for (uint rest = uint(abs(b)); rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) result *= square;
      square *= square;
    }
    return b < 0 ? 1 / result : result;
  }
  if (a == 0) return b < 0 ? 1 / a : 0;
  if (a < 0 && b != whole) return intBitsToFloat(0x7FC00000);  // NaN
  const float magnitude = exp2(b * log2(abs(a)));
  const bool odd = abs(b) < 16777216 && (int(whole) & 1) != 0;
  return a < 0 && odd ? -magnitude : magnitude;
}

// The quotient is rounded, so that it may be one off.
vec4 Fmod(vec4 a, vec4 b) {
  const vec4 size = abs(b);
  vec4 rest = abs(a) - size * trunc(abs(a) / size);
  rest = mix(rest, rest + size, lessThan(rest, vec4(0)));
  rest = mix(rest, rest - size, greaterThanEqual(rest, size));
  return mix(rest, -rest, lessThan(a, vec4(0)));
}

vec4 Combine(vec4 a, vec4 b) {
  if (kKind == kAdd) return a + b;
  if (kKind == kSub) return a - b;
  if (kKind == kMul) return a * b;
  if (kKind == kDiv) return a / b;
  if (kKind == kPow) return vec4(Power(a.x, b.x), Power(a.y, b.y), Power(a.z, b.z), Power(a.w, b.w));
  // A comparison with NaN is false: b where it is NaN, and a where that is.
  if (kKind == kMin) return mix(mix(b, a, lessThan(a, b)), a, isnan(a));
  if (kKind == kMax) return mix(mix(b, a, greaterThan(a, b)), a, isnan(a));
  if (kKind == kFmod) return Fmod(a, b);
  return mix(a, a * b, lessThan(a, vec4(0)));  // prelu
}

#endif
#endif
