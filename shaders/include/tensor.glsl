// What every kernel shares: bindings, loads and stores, division (shaders/README.md explains the rules).
//
//   #version 450
//   #extension GL_GOOGLE_include_directive : require
//   #include "include/tensor.glsl"
//   layout(push_constant) uniform Push { BASES int pixels; ... } push;
//
// Macros: LOAD_TEXEL     read through texel buffers, else through storage buffers
//         OUTPUT_FLOATS  write output_floats[] instead of output_data[]
//         OUTPUT_INTS    write output_ints[]
//         OUTPUT_WORDS   write output_words[]: integers, four at once

layout(local_size_x_id = 0) in;

layout(binding = 0, std430) readonly buffer Input0 { vec4 input_data0[]; };
layout(binding = 1, std430) readonly buffer Input1 { vec4 input_data1[]; };
layout(binding = 2, std430) readonly buffer Input2 { vec4 input_data2[]; };
layout(binding = 3, std430) readonly buffer Input3 { vec4 input_data3[]; };
#ifdef OUTPUT_FLOATS
layout(binding = 4, std430) writeonly buffer Output { float output_floats[]; };
#elif defined(OUTPUT_INTS)
layout(binding = 4, std430) writeonly buffer Output { int output_ints[]; };
#elif defined(OUTPUT_WORDS)
layout(binding = 4, std430) writeonly buffer Output { ivec4 output_words[]; };
#else
layout(binding = 4, std430) writeonly buffer Output { vec4 output_data[]; };
#endif
layout(binding = 5) uniform samplerBuffer input_texels0;
layout(binding = 6) uniform samplerBuffer input_texels1;
layout(binding = 7) uniform samplerBuffer input_texels2;
layout(binding = 8) uniform samplerBuffer input_texels3;

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

#else

// A branch, not a conditional expression: compilers may turn that into a load of both sides.
#define DEFINE_LOAD(name, data)      \
  vec4 name(int i) {                 \
    vec4 loaded = vec4(0);           \
    if (i >= 0) loaded = data[i];    \
    return loaded;                   \
  }
DEFINE_LOAD(Load0, input_data0)
DEFINE_LOAD(Load1, input_data1)
DEFINE_LOAD(Load2, input_data2)
DEFINE_LOAD(Load3, input_data3)
#define LOAD0(i) Load0(i)
#define LOAD1(i) Load1(i)
#define LOAD2(i) Load2(i)
#define LOAD3(i) Load3(i)

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
