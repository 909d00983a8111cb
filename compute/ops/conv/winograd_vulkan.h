// Winograd convolution on Vulkan: input transform, a matrix product for every point, output
// transform with the layer's epilogue. The products are a grouped 1x1 convolution whose groups are
// the points, so any kernel of the choice table computes them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "compute/ops/conv/conv.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_tile_vulkan.h"

namespace convoy::compute {

// G g Gt of the 3x3 filter `g` for tiles of 2x2 or 4x4 outputs: (tile + 2)^2 values, row by row.
// Computed in double.
std::vector<double> TransformFilter(std::span<const float, 9> g, int tile);

// How the tiles of a layer are taken: in chunks, because the transformed tensors are 2.25 (tiles of
// 4) or 4 times (of 2) the size of the layer's own, and no binding may pass the device's limit.
// Pure.
struct WinogradTiles {
  int64_t count = 0;  // of all samples
  int64_t chunk = 0;  // at a time, at most; a multiple of kPlaneAlign
};
WinogradTiles PlanWinogradTiles(const ConvProblem& problem, int tile);

// Operands as for the register tile; `weights` is not used.
absl::Status RecordWinograd(const ConvParams& params, const ConvChoice& choice,
                            const ConvProblem& problem, const HostTensor& weights,
                            const ConvOperands& operands, VulkanStepBuilder& builder);

}  // namespace convoy::compute
