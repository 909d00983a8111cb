// y = f(x), vec4 by vec4, in either layout (a linear tensor is one plane). The function is a specialization constant, in the
// order of UnaryKind in compute/ops/elementwise/unary.h.
#version 450
#extension GL_GOOGLE_include_directive : require
#if defined(WORDS) || defined(TEST)
#define OUTPUT_WORDS
#endif
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"
#include "include/erf.glsl"

layout(constant_id = 1) const int kKind = 0;
layout(constant_id = 2) const int kBits = 32;  // of the integers
layout(constant_id = 3) const int kIsUnsigned = 0;
layout(constant_id = 4) const int kIsBool = 0;

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int channels;
  int in_plane;
  int out_plane;
  float alpha;
  float beta;
} push;

const int kAbs = 0;
const int kNeg = 1;
const int kSign = 2;
const int kReciprocal = 4;
const int kSqrt = 5;
const int kExp = 6;
const int kLog = 7;
const int kErf = 8;
const int kFloor = 9;
const int kCeil = 10;
const int kRound = 11;
const int kSin = 12;
const int kCos = 13;
const int kTan = 14;
const int kAsin = 15;
const int kAcos = 16;
const int kAtan = 17;
const int kSinh = 18;
const int kCosh = 19;
const int kAsinh = 20;
const int kAcosh = 21;
const int kAtanh = 22;
const int kSoftsign = 23;
const int kThresholdedRelu = 24;

#ifdef WORDS

#include "elementwise/integers.glsl"

int ApplyOne(int x) {
  const bool negative = kIsUnsigned == 0 && x < 0;
  if (kKind == kAbs) return negative ? Narrow(-x) : x;
  if (kKind == kNeg) return Narrow(-x);
  if (kKind == kSign) return negative ? -1 : int(x != 0);
  return kIsBool != 0 ? x ^ 1 : Narrow(~x);
}

ivec4 Apply(vec4 v) {
  const ivec4 x = floatBitsToInt(v);
  return ivec4(ApplyOne(x.x), ApplyOne(x.y), ApplyOne(x.z), ApplyOne(x.w));
}

#elif defined(TEST)

ivec4 Apply(vec4 x) { return ivec4(isnan(x)); }

#else

// Drivers' own inverse functions are good to 1e-4 only. |x| beyond tan(pi/8) is turned down by pi/2 or pi/4; what is left has
// Chebyshev's interpolant of atan(x) / x in x^2, good to 4e-8.
vec4 Atan(vec4 x) {
  const vec4 size = abs(x);
  const bvec4 large = greaterThan(size, vec4(2.414213562373095));
  const bvec4 middle = greaterThan(size, vec4(0.4142135623730950));
  vec4 turned = mix(size, (size - 1) / (size + 1), middle);
  turned = mix(turned, -1 / size, large);
  vec4 start = mix(vec4(0), vec4(0.7853981633974483), middle);
  start = mix(start, vec4(1.5707963267948966), large);
  const vec4 s = turned * turned;
  vec4 sum = 0.07984963059425354 * s - 0.13851478695869446;
  sum = sum * s + 0.19974404573440552;
  sum = sum * s - 0.333327978849411;
  sum = sum * s + 1;
  return sign(x) * (start + turned * sum);
}

// Near 0 the series: the difference of the two powers would cancel.
vec4 Sinh(vec4 x) {
  const vec4 s = x * x;
  const vec4 near = x * (1 + s / 6 * (1 + s / 20 * (1 + s / 42 * (1 + s / 72))));
  return mix(0.5 * (exp(x) - exp(-x)), near, lessThan(abs(x), vec4(1)));
}

// Near 1 the series of 2 * atanh((x - 1) / (x + 1)): drivers' own logarithms are good to 1e-7 absolutely, which is nothing where
// the result itself is small.
vec4 Log(vec4 x) {
  const vec4 t = (x - 1) / (x + 1);
  const vec4 s = t * t;
  const vec4 near = 2 * t * (1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7 + s * (1.0 / 9)))));
  return mix(log(x), near, lessThan(abs(x - 1), vec4(0.25)));
}

vec4 Apply(vec4 x) {
  if (kKind == kAbs) return abs(x);
  if (kKind == kNeg) return -x;
  if (kKind == kSign) return sign(x);
  if (kKind == kReciprocal) return 1 / x;
  if (kKind == kSqrt) return sqrt(x);
  if (kKind == kExp) return exp(x);
  if (kKind == kLog) return Log(x);
  if (kKind == kErf) return Erf(x);
  if (kKind == kFloor) return floor(x);
  if (kKind == kCeil) return ceil(x);
  if (kKind == kRound) return roundEven(x);
  if (kKind == kSin) return sin(x);
  if (kKind == kCos) return cos(x);
  if (kKind == kTan) return sin(x) / cos(x);
  if (kKind == kAsin) return Atan(x / sqrt((1 - x) * (1 + x)));
  if (kKind == kAcos) return 2 * Atan(sqrt((1 - x) / (1 + x)));
  if (kKind == kAtan) return Atan(x);
  if (kKind == kSinh) return Sinh(x);
  if (kKind == kCosh) return 0.5 * (exp(x) + exp(-x));
  if (kKind == kAsinh) return sign(x) * Log(abs(x) + sqrt(x * x + 1));
  if (kKind == kAcosh) return Log(x + sqrt((x - 1) * (x + 1)));
  if (kKind == kAtanh) return 0.5 * Log((1 + x) / (1 - x));
  if (kKind == kSoftsign) return x / (1 + abs(x));
  if (kKind == kThresholdedRelu) return mix(vec4(0), x, greaterThan(x, vec4(push.alpha)));
  // Shrink.
  const vec4 below = mix(vec4(0), x + push.beta, lessThan(x, vec4(-push.alpha)));
  return mix(below, x - push.beta, greaterThan(x, vec4(push.alpha)));
}

#endif

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.pixels, push.pixels_multiplier, push.pixels_shift);
  const vec4 x = LOAD0(place.x * push.in_plane + place.y);
  const int at = place.x * push.out_plane + place.y;
#ifdef OUTPUT_WORDS
  output_words[at] = MaskChannels(Apply(x), place.x, push.channels);
#else
  STORE(at, MaskChannels(Apply(x), place.x, push.channels));
#endif
}
