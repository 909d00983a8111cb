// The kernels of a dense layer with few rows (gemm/dense.comp, gemm/dense_tree.comp): the weights
// are most of the traffic, so all rows stay in registers and the weights stream through once.
//
//   const std::string name = ChooseDenseKernel(sizes.rows, builder);   // "dense_2_shuffle"
//   if (!name.empty()) return RecordDense(params, sizes, name, builder);
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "compute/ops/gemm/gemm.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// Up to so many rows fit in registers.
inline constexpr int64_t kMaxDenseRows = 8;

// y is rows x outer, the products run over inner.
struct GemmSizes {
  int64_t rows, inner, outer;
};

// Weight from input channel k to output m in b.
struct DenseWeights {
  bool trans_b;
  int64_t inner, outer;
  float alpha;

  float operator()(std::span<const float> b, int64_t m, int64_t k) const {
    return alpha * b[static_cast<size_t>(trans_b ? m * inner + k : k * outer + m)];
  }
  std::string Name(const char* kind) const;
};

// Whether the kernels below compute the layer: of few rows, or of few weights on a software driver.
bool UsesDenseKernels(const GemmSizes& sizes, const VulkanTraits& traits);

// What DeviceOptions.vulkan_kernels may force for gemm besides the convolution kernels.
std::vector<std::string> DenseKernelNames();

// The kernels for up to `rows` rows, best first. The catalog has each under "gemm/".
std::vector<std::string> DenseCandidates(int64_t rows, const VulkanTraits& traits);

// Empty where none may be used.
std::string ChooseDenseKernel(int64_t rows, const VulkanStepBuilder& builder);

// Why a dense layer does not take each of these kernels but `chosen`. `objection`: what speaks
// against all of them, as one clause; empty where nothing does.
std::vector<OtherKernel> OtherDenseKernels(const GemmSizes& sizes, std::string_view chosen,
                                           std::string_view objection,
                                           const VulkanStepBuilder& builder);

absl::Status RecordDense(const GemmParams& params, const GemmSizes& sizes, const std::string& name,
                         VulkanStepBuilder& builder);

}  // namespace convoy::compute
