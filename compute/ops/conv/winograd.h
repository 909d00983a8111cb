// Winograd's algorithm for 3x3 and 5x5 convolutions of stride 1 (Lavin and Gray 2016,
// arXiv:1509.09308): a patch of 6x6 inputs gives 4x4 or 2x2 outputs by 36 multiplications a channel
// pair where the formula takes 144 or 100.
//
//   y = A^T [ (G g G^T) * (B^T d B) ] A    summed over the channels before the last step
//
// The layer runs in three stages over blocks of tiles: transform the patches, multiply 36 matrices
// [tiles x C] * [C x M], transform back with bias, residual and activation. FP32 errors are about
// those of the direct sum (see the interpolation points in winograd_avx2.cc).
//
// Needs AVX2 with FMA; oneDNN 2.6 has Winograd for AVX-512 only. Feature maps lie in blocks of 8
// channels.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compute/ops/conv/conv.h"
#include "compute/ops/op_types.h"

namespace convoy::compute {

// The sizes of one layer, all that the algorithm needs of its parameters.
struct WinogradLayer {
  int64_t kernel = 3;  // rows and columns: 3 or 5
  int64_t batch = 0;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  int64_t height = 0;  // of the input
  int64_t width = 0;
  int64_t out_height = 0;
  int64_t out_width = 0;
  int64_t pad_top = 0;
  int64_t pad_left = 0;
  bool sums = false;  // the output holds a residual that is added to
  ActivationParams activation;

  int64_t tile() const { return 7 - kernel; }  // output rows and columns of a patch
  int64_t tile_rows() const { return (out_height + tile() - 1) / tile(); }
  int64_t tile_columns() const { return (out_width + tile() - 1) / tile(); }
  int64_t tiles() const { return batch * tile_rows() * tile_columns(); }
};

// Why the algorithm does not cover a convolution, as one clause; empty where it does: two
// dimensions, kernel 3x3 or 5x5, no stride, dilation or groups, channels in whole blocks, an
// activation that is made of bounds.
std::string_view WinogradObjection(const ConvParams& params, int64_t in_channels,
                                   int64_t out_channels);
inline bool WinogradCovers(const ConvParams& params, int64_t in_channels, int64_t out_channels) {
  return WinogradObjection(params, in_channels, out_channels).empty();
}

// The weights G g G^T, made from ONNX's [M, C, kernel, kernel].
int64_t WinogradWeightCount(int64_t in_channels, int64_t out_channels);
void MakeWinogradWeights(std::span<const float> weights, int64_t kernel, int64_t in_channels,
                         int64_t out_channels, std::span<float> made);

// A layer prepared to run. Immutable; runs in several threads at once when their scratchpads
// differ.
class WinogradConv {
 public:
  // `threads`: of ParallelFor when it runs.
  WinogradConv(const WinogradLayer& layer, int threads);

  int64_t scratch_floats() const { return slots_ * slot_floats_; }

  // x and y in blocks of 8 channels, `weights` from MakeWinogradWeights, bias null where there is
  // none.
  void Run(const float* x, const float* weights, const float* bias, float* y, float* scratch) const;

 private:
  struct Block;  // neighbouring tiles that go through the stages together

  Block BlockAt(int64_t index, float* scratch) const;
  void Transform(const Block& block, const float* x, int64_t begin, int64_t end) const;
  void Multiply(const Block& block, const float* weights, int64_t begin, int64_t end) const;
  void Inverse(const Block& block, const float* bias, float* y, int64_t begin, int64_t end) const;

  WinogradLayer layer_;
  int64_t block_tiles_ = 0;
  int64_t blocks_ = 0;
  bool by_blocks_ = true;  // each thread takes whole blocks; else all share the stages of each
  int64_t slots_ = 1;      // blocks that are worked on at once
  int64_t in_stride_ = 0;  // floats from one plane to the next
  int64_t out_stride_ = 0;
  int64_t slot_floats_ = 0;
};

}  // namespace convoy::compute
