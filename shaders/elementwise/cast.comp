// Another element type: words to words (compute/tensor/words.h). One invocation a vec4.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int vec4s;
  int from;  // the order of Kind in compute/ops/elementwise/cast_vulkan.cc
  int to;
  float low;  // the integers that a float may become
  float high;
  int bits;  // of the integers of type `to`
} push;

const int kFloatWord = 0;
const int kSignedWord = 1;
const int kUnsignedWord = 2;
const int kBoolWord = 3;

// The integer towards zero, cut to what the type holds; NaN is 0. Bounds are compared before the conversion, whose
// result is undefined beyond them.
int IntegerOf(float x) {
  if (isnan(x)) return 0;
  const bool is_signed = push.to == kSignedWord;
  if (x <= push.low) return is_signed ? int(0x80000000u) >> (32 - push.bits) : 0;
  if (x >= push.high) return int(0xFFFFFFFFu >> (is_signed ? 33 - push.bits : 32 - push.bits));
  return is_signed ? int(x) : int(uint(x));
}

// The low bits, extended to the word.
int Narrow(int x) {
  if (push.to == kSignedWord) return bitfieldExtract(x, 0, push.bits);
  return int(bitfieldExtract(uint(x), 0, push.bits));
}

int Cast(float word) {
  const int x = floatBitsToInt(word);
  if (push.to == kBoolWord) return int(push.from == kFloatWord ? word != 0 : x != 0);
  if (push.from == kFloatWord) return IntegerOf(word);
  if (push.to == kFloatWord) return floatBitsToInt(push.from == kUnsignedWord ? float(uint(x)) : float(x));
  return Narrow(x);
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.vec4s)) return;
  const vec4 x = LOAD0(i);
  STORE(i, intBitsToFloat(ivec4(Cast(x.x), Cast(x.y), Cast(x.z), Cast(x.w))));
}
