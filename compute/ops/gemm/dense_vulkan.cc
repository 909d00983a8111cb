#include "compute/ops/gemm/dense_vulkan.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_tile_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

// Of gemm/dense_tree.comp.
constexpr int64_t kTreeThreads = 128;
constexpr int64_t kTreeChannels = 16;

// Mirrors shaders/gemm/dense_push.glsl.
struct DensePush {
  int32_t rows, inner, outer;
  Epilogue epilogue;
};

// A software driver reads few weights again for every group of rows, rather than pack the rows into
// channel quads and unpack the answer.
constexpr int64_t kMostRowsInGroups = 64;
constexpr int64_t kMostWeightsInGroups = 1 << 17;  // 512 KiB: they stay in a core's cache

bool Contains(const std::string& name, std::string_view part) {
  return name.find(part) != std::string::npos;
}

// [ceil(N/width)][ceil(K/4)][width] vec4.
std::vector<float> PackDense(std::span<const float> b, const DenseWeights& weights, int64_t width) {
  const int64_t quads = DivideUp(weights.inner, 4);
  std::vector<float> packed(static_cast<size_t>(RoundUp(weights.outer, width) * quads * 4));
  for (int64_t m = 0; m < weights.outer; ++m) {
    for (int64_t k = 0; k < weights.inner; ++k) {
      const int64_t vec = (m / width * quads + k / 4) * width + m % width;
      packed[static_cast<size_t>(vec * 4 + k % 4)] = weights(b, m, k);
    }
  }
  return packed;
}

std::string_view WhyDense(const std::string& name, int64_t rows) {
  if (rows > kMaxDenseRows) return "few weights: they stay in the caches for eight rows at a time";
  if (Contains(name, "_tree")) return "few rows on a GPU: many invocations share an output";
  return "few rows: all in registers, the weights stream through once";
}

}  // namespace

std::string DenseWeights::Name(const char* kind) const {
  return absl::StrFormat("%s alpha=%g%s", kind, alpha, trans_b ? " trans_b" : "");
}

std::vector<std::string> DenseCandidates(int64_t rows, const VulkanTraits& traits) {
  int64_t made_for = 1;
  while (made_for < std::min(rows, kMaxDenseRows)) made_for *= 2;
  const std::string plain = absl::StrFormat("dense_%d", made_for);
  const std::string tree = absl::StrFormat("dense_tree_%d", made_for);
  if (rows > kMaxDenseRows) return {plain + "_shuffle", plain};
  // Barriers cost a software driver more than they save.
  if (traits.software) return {plain + "_shuffle", plain, tree};
  return {tree, plain, plain + "_shuffle"};
}

bool UsesDenseKernels(const GemmSizes& sizes, const VulkanTraits& traits) {
  if (sizes.rows <= kMaxDenseRows) return true;
  return traits.software && sizes.rows <= kMostRowsInGroups &&
         sizes.inner * sizes.outer <= kMostWeightsInGroups;
}

std::vector<std::string> DenseKernelNames() {
  std::vector<std::string> names{"linear"};
  for (int64_t rows = 1; rows <= kMaxDenseRows; rows *= 2) {
    const std::vector<std::string> of_rows = DenseCandidates(rows, {});
    names.insert(names.end(), of_rows.begin(), of_rows.end());
  }
  return names;
}

std::string ChooseDenseKernel(int64_t rows, const VulkanStepBuilder& builder) {
  const std::vector<std::string> candidates = DenseCandidates(rows, builder.traits());
  const std::string_view forced = builder.ForcedKernel("gemm");
  if (forced == "linear") return "";
  for (const std::string& name : candidates) {
    if (name == forced) return name;
  }
  for (const std::string& name : candidates) {
    if (builder.Usable("gemm/" + name)) return name;
  }
  return "";
}

std::vector<OtherKernel> OtherDenseKernels(const GemmSizes& sizes, std::string_view chosen,
                                           std::string_view objection,
                                           const VulkanStepBuilder& builder) {
  const std::vector<std::string> candidates = DenseCandidates(sizes.rows, builder.traits());
  std::vector<OtherKernel> others;
  for (const std::string& name : DenseKernelNames()) {
    if (name == chosen) continue;
    const bool linear = name == "linear";
    std::string why(linear ? std::string_view() : objection);
    if (!linear && why.empty() && std::ranges::find(candidates, name) == candidates.end()) {
      why = "made for another number of rows";
    }
    if (why.empty()) why = builder.ObjectionTo(linear ? "gemm/gemm_linear" : "gemm/" + name);
    if (why.empty()) why = absl::StrFormat("by rule, behind %s", chosen);
    others.push_back({name, std::move(why)});
  }
  return others;
}

absl::Status RecordDense(const GemmParams& params, const GemmSizes& sizes, const std::string& name,
                         VulkanStepBuilder& builder) {
  const VulkanTraits& traits = builder.traits();
  const bool tree = Contains(name, "_tree");
  const bool subgroup = Contains(name, "_shuffle");
  const int64_t local = tree       ? kTreeThreads
                        : subgroup ? traits.subgroup_size
                                   : traits.default_local_size;
  const int64_t width = tree ? kTreeChannels : local;
  const DenseWeights weights{params.trans_b, sizes.inner, sizes.outer, params.alpha};
  const HostTensor* bias = params.has_bias ? builder.constant(2) : nullptr;
  VulkanDispatch dispatch;
  dispatch.shader = "gemm/" + name;
  dispatch.why = WhyDense(name, sizes.rows);
  dispatch.inputs[0] = builder.input_operand(0);
  CONVOY_ASSIGN_OR_RETURN(
      dispatch.inputs[1],
      builder.Weights(*builder.constant(1),
                      weights.Name(absl::StrFormat("dense %d", width).c_str()),
                      [&](std::span<const float> b) { return PackDense(b, weights, width); }));
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[2], PackBias(bias, sizes.outer, params.beta, builder));
  dispatch.output = builder.output_operand(0);
  dispatch.local_size = static_cast<uint32_t>(local);
  const bool aligned = sizes.inner % 4 == 0;
  if (tree) {
    dispatch.constants = {aligned, SmoothKind(params.activation)};
  } else {
    dispatch.constants = {traits.subgroup_size, aligned, SmoothKind(params.activation)};
  }
  dispatch.groups[0] = static_cast<uint32_t>(DivideUp(sizes.outer, width));
  dispatch.groups[1] = static_cast<uint32_t>(DivideUp(sizes.rows, kMaxDenseRows));
  dispatch.SetPush(DensePush{static_cast<int32_t>(sizes.rows), static_cast<int32_t>(sizes.inner),
                             static_cast<int32_t>(sizes.outer), EpilogueOf(params.activation)});
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
