// What every kernel shares: bindings, loads and stores, division (shaders/README.md explains the rules).
//
//   #version 450
//   #extension GL_GOOGLE_include_directive : require
//   #include "include/tensor.glsl"
//   layout(push_constant) uniform Push { BASES int pixels; ... } push;
//
// Macros: LOAD_TEXEL     read through texel buffers, else through storage buffers
//         OUTPUT_FLOATS  write output_floats[] instead of STORE
//         OUTPUT_INTS    write output_ints[]
//         OUTPUT_WORDS   write output_words[]: integers, four at once

layout(local_size_x_id = 0) in;

// Which operands lie in memory as four halves a vec4, not four floats: bit i for input i, bit 4 for the output. Filled by the step
// builder; what is not taken is gone when the driver compiles the kernel.
layout(constant_id = 31) const int kHalves = 0;

#ifdef LOAD_TEXEL

// The format of a view says how its tensor is stored.
layout(binding = 5) uniform samplerBuffer input_texels0;
layout(binding = 6) uniform samplerBuffer input_texels1;
layout(binding = 7) uniform samplerBuffer input_texels2;
layout(binding = 8) uniform samplerBuffer input_texels3;

#else

// One buffer, seen as floats and as halves.
layout(binding = 0, std430) readonly buffer Input0 { vec4 input_data0[]; };
layout(binding = 1, std430) readonly buffer Input1 { vec4 input_data1[]; };
layout(binding = 2, std430) readonly buffer Input2 { vec4 input_data2[]; };
layout(binding = 3, std430) readonly buffer Input3 { vec4 input_data3[]; };
layout(binding = 0, std430) readonly buffer Halves0 { uvec2 input_halves0[]; };
layout(binding = 1, std430) readonly buffer Halves1 { uvec2 input_halves1[]; };
layout(binding = 2, std430) readonly buffer Halves2 { uvec2 input_halves2[]; };
layout(binding = 3, std430) readonly buffer Halves3 { uvec2 input_halves3[]; };

#endif

// Where the inputs start in their texel views, in vec4s. Filled by the step builder.
#define BASES int base0, base1, base2, base3;

// As an index of LOAD0 .. LOAD3: reads vec4(0). Far enough below zero that it stays negative behind any base.
const int kOutside = -0x40000000;

#ifdef LOAD_TEXEL

// Every texel view starts with a block of zeros.
#define LOAD0(i) texelFetch(input_texels0, max((i) + push.base0, 0))
#define LOAD1(i) texelFetch(input_texels1, max((i) + push.base1, 0))
#define LOAD2(i) texelFetch(input_texels2, max((i) + push.base2, 0))
#define LOAD3(i) texelFetch(input_texels3, max((i) + push.base3, 0))

// For the innermost loads: an address counts from the view's start, and base 0 is in it.
#define FETCH0(address) texelFetch(input_texels0, address)
#define FETCH1(address) texelFetch(input_texels1, address)

#else

vec4 FromHalves(uvec2 halves) { return vec4(unpackHalf2x16(halves.x), unpackHalf2x16(halves.y)); }

// Branches, not conditional expressions: compilers may turn those into a load of both sides.
#define DEFINE_LOAD(k)                                                      \
  vec4 Fetch##k(int i) {                                                    \
    if ((kHalves & (1 << k)) != 0) return FromHalves(input_halves##k[i]);   \
    return input_data##k[i];                                                \
  }                                                                         \
  vec4 Load##k(int i) {                                                     \
    vec4 loaded = vec4(0);                                                  \
    if (i >= 0) loaded = Fetch##k(i);                                       \
    return loaded;                                                          \
  }
DEFINE_LOAD(0)
DEFINE_LOAD(1)
DEFINE_LOAD(2)
DEFINE_LOAD(3)
#define LOAD0(i) Load0(i)
#define LOAD1(i) Load1(i)
#define LOAD2(i) Load2(i)
#define LOAD3(i) Load3(i)

// For the innermost loads: an address that lies inside.
#define FETCH0(address) Fetch0(address)
#define FETCH1(address) Fetch1(address)

#endif

#ifdef OUTPUT_FLOATS
layout(binding = 4, std430) writeonly buffer Output { float output_floats[]; };
#elif defined(OUTPUT_INTS)
layout(binding = 4, std430) writeonly buffer Output { int output_ints[]; };
#elif defined(OUTPUT_WORDS)
layout(binding = 4, std430) writeonly buffer Output { ivec4 output_words[]; };
#else
layout(binding = 4, std430) writeonly buffer Output { vec4 output_data[]; };
layout(binding = 4, std430) writeonly buffer OutputHalves { uvec2 output_halves[]; };

// The nearest halves, ties to even; beyond 65504 infinity. By hand, because Vulkan leaves the rounding of packHalf2x16 and small
// numbers to the driver.
uvec4 HalfBits(vec4 v) {
  const uvec4 bits = floatBitsToUint(v);
  const uvec4 size = bits & 0x7FFFFFFFu;
  // The exponent's bias falls from 127 to 15.
  uvec4 half_bits = ((size + 0xFFFu + ((size >> 13) & 1u)) >> 13) - (112u << 10);
  // Below 2^-14 halves are multiples of 2^-24.
  half_bits = mix(half_bits, uvec4(roundEven(abs(v) * 16777216.0)), lessThan(size, uvec4(0x38800000u)));
  half_bits = mix(half_bits, uvec4(0x7C00u), greaterThanEqual(size, uvec4(0x477FF000u)));
  half_bits = mix(half_bits, uvec4(0x7E00u), greaterThan(size, uvec4(0x7F800000u)));  // NaN
  return half_bits | ((bits >> 16) & 0x8000u);
}

void Store(int i, vec4 v) {
  if ((kHalves & 16) != 0) {
    const uvec4 h = HalfBits(v);
    output_halves[i] = h.xz | (h.yw << 16);
  } else {
    output_data[i] = v;
  }
}
#define STORE(i, v) Store(i, v)
#endif

// One float of a linear tensor.
#define LOADF0(i) LOAD0((i) >> 2)[(i) & 3]
#define LOADF1(i) LOAD1((i) >> 2)[(i) & 3]
#define LOADF2(i) LOAD2((i) >> 2)[(i) & 3]
#define LOADF3(i) LOAD3((i) >> 2)[(i) & 3]

// One integer word of a linear tensor (compute/tensor/words.h).
#define LOADI0(i) floatBitsToInt(LOADF0(i))
#define LOADI1(i) floatBitsToInt(LOADF1(i))
#define LOADI2(i) floatBitsToInt(LOADF2(i))
#define LOADI3(i) floatBitsToInt(LOADF3(i))

// n / divisor by multiply and shift; the host makes (multiplier, shift) with MakeDivider of
// compute/vulkan/fast_divide.h. Valid for 0 <= n < 2^31.
int FastDivide(int n, uint multiplier, int shift) {
  uint high, low;
  umulExtended(uint(n), multiplier, high, low);
  return int((high + uint(n)) >> uint(shift));
}
