// Launches the convolution kernels: push constants, workgroups, packed weights. Shared by
// convolution, up-convolution and the dense layer, which is a convolution of one pixel.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "compute/base/checked.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_push.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// Weights as conv_rt.comp reads them: [z][ceil(M/tn)][taps][quads][tn] vec4, z being groups or
// phases. Phases have different numbers of taps; each starts `z_vec4s()` behind the last.
struct TilePacking {
  int64_t z_count = 1;
  int64_t out_channels = 0;  // of one z
  int64_t in_channels = 0;
  int64_t max_taps = 1;
  int64_t tn = 4;

  int64_t quads() const { return DivideUp(in_channels, 4); }
  int64_t tiles() const { return DivideUp(out_channels, tn); }
  int64_t z_vec4s() const { return tiles() * max_taps * quads() * tn; }
  std::string Name(const char* kind) const;

  // `taps(z)` gives the taps of z, `value(z, m, c, tap)` a weight.
  template <typename Taps, typename Value>
  std::vector<float> Pack(Taps taps, Value value) const {
    std::vector<float> packed(static_cast<size_t>(z_count * z_vec4s() * 4));
    for (int64_t z = 0; z < z_count; ++z) {
      const int64_t tap_count = taps(z);
      float* plane = packed.data() + z * z_vec4s() * 4;
      for (int64_t m = 0; m < out_channels; ++m) {
        for (int64_t tap = 0; tap < tap_count; ++tap) {
          for (int64_t c = 0; c < in_channels; ++c) {
            const int64_t row = (m / tn * tap_count + tap) * quads() + c / 4;
            plane[(row * tn + m % tn) * 4 + c % 4] = value(z, m, c, tap);
          }
        }
      }
    }
    return packed;
  }
};

// The operands of one launch. A missing residual has id -1.
struct ConvOperands {
  VulkanOperand x, weights, bias, residual, y;
};

// What the kernels share: sizes, window, epilogue. `x_plane`, `y_plane` of the kC4 tensors.
ConvPush MakeConvPush(const ConvProblem& problem, int64_t x_plane, int64_t y_plane,
                      const ActivationParams& activation);

// 1x1 of stride 1 without padding: an input pixel for every output pixel.
bool IsPointwise(const ConvProblem& problem);

VulkanDispatch MakeConvDispatch(const std::string& shader, const ConvOperands& operands);

// Records `dispatch` over all pixels, in as many parts as the device's number of workgroups asks
// for.
absl::Status RecordPixelParts(VulkanDispatch dispatch, ConvPush push, int64_t pixels_a_group,
                              VulkanStepBuilder& builder);

// conv_rt or, where the choice is a block, conv_block: `z_count` groups or phases.
absl::Status RecordTile(const ConvChoice& choice, const ConvProblem& problem, ConvPush push,
                        const ConvOperands& operands, const ActivationParams& activation,
                        const TilePacking& packing, VulkanStepBuilder& builder);

// One invocation for `pixels_each` pixels of a channel quad: depthwise and direct kernels.
// `constants` follow the workgroup size.
absl::Status RecordQuads(const ConvChoice& choice, uint32_t local_size, int64_t quads,
                         ConvPush push, const ConvOperands& operands,
                         absl::InlinedVector<uint32_t, 8> constants, VulkanStepBuilder& builder);

// Bias values for LOAD2 by channel quads; zeros when `bias` is null.
absl::StatusOr<VulkanOperand> PackBias(const HostTensor* bias, int64_t channels, float scale,
                                       VulkanStepBuilder& builder);

}  // namespace convoy::compute
