// The inner loops of Winograd's F(4x4, 3x3) and F(2x2, 5x5) for processors with AVX2 and FMA, eight
// channels a vector: what winograd.cc calls for every block of tiles.
//
// A tile is a 6x6 patch of the input that gives a 4x4 or 2x2 patch of the output; its 36 places in
// the transformed domain are called planes here. Feature maps lie in blocks of 8 channels
// ([N][C/8][H][W][8], oneDNN's nChw8c), so the image of one sample is C/8 maps of H*W*8 floats.
//
// Compiled for AVX2: callers ask CpuRunsAvx2 first. Nothing but arithmetic on raw memory
// belongs here, since an inline function of a header would be compiled for AVX2 as well.
#pragma once

#include <cstdint>

namespace convoy::compute {

inline constexpr int64_t kWinogradPatch = 6;    // input rows and columns
inline constexpr int64_t kWinogradPlanes = 36;  // 6 * 6
inline constexpr int64_t kWinogradLanes = 8;    // channels a vector

// One tile of one block of channels, in the input or the output.
struct WinogradMap {
  float* data = nullptr;  // [height][width][8]
  int64_t height = 0;
  int64_t width = 0;
  int64_t row = 0;  // of the tile's first element; beyond the map is 0 in the input, and left out
  int64_t column = 0;  // in the output
};

// y = v < low ? (slope != 0 ? slope * v : low) : v, then at most `high`.
struct WinogradEpilogue {
  const float* bias = nullptr;  // 8 values, or null
  bool sums = false;            // adds what the output holds already
  float low = 0;
  float high = 0;
  float slope = 0;
  bool bounded = false;  // false: the activation does nothing
};

// planes[p * plane_stride + 0..7] = plane p of the patch.
void WinogradTransformAvx2(const WinogradMap& input, float* planes, int64_t plane_stride);

// The output patch of eight channels from its planes; `tile`: 4 or 2 rows and columns.
void WinogradInverseAvx2(const float* planes, int64_t plane_stride, int64_t tile,
                         const WinogradMap& output, const WinogradEpilogue& epilogue);

}  // namespace convoy::compute
