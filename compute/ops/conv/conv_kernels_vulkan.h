// Which Vulkan kernel computes a convolution, an up-convolution or a large dense layer: an ordered
// table, most special first, the generic kernel last. The first row that covers the problem and
// whose shader the device may use wins. Pure.
//
//   const ConvKernel* kernel = ChooseConvKernel(problem, traits, usable, /*forced=*/"");
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compute/ops/window.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

struct ConvProblem {
  ImageDims x, y;
  Window window;
  int64_t group = 1;
  bool constant_weights = true;
  bool transposed = false;
  bool linear_input = false;  // x lies row by row, not in channel quads
  // The activation maps a wide range of sums to a narrow one, so that the digits of a sum that are
  // right count against a small result.
  bool bounded = false;

  bool depthwise() const { return group > 1 && group == x.c && group == y.c && !transposed; }
  // Rows of the matrix product; of one phase where transposed.
  int64_t grid_pixels() const;
  Spatial grid() const;
};

enum class ConvMethod {
  kRows,            // conv/conv_rows.comp
  kRegisterTile,    // conv/conv_rt.comp
  kBlock,           // conv/conv_block.comp
  kSplitBlock,      // the same with the inner dimension split, then conv/conv_join.comp
  kWinograd,        // conv/winograd_input.comp, one of the above for every point,
                    // conv/winograd_output.comp
  kDepthwiseStrip,  // conv/depthwise_strip.comp
  kDepthwise,       // conv/depthwise.comp
  kDirect,          // conv/conv_direct.comp, upconv/upconv_direct.comp
};

struct ConvKernel {
  std::string_view name;    // what DeviceOptions.vulkan_kernels calls it
  std::string_view shader;  // catalog name without load path
  ConvMethod method;
  int px;  // pixels and channels: kRegisterTile of an invocation, blocks of a workgroup; kWinograd:
           // outputs of a tile along an axis
  int tn;
  bool subgroup;  // the workgroup is one subgroup
  // Why the row cannot compute the problem, as one clause; empty where it can.
  std::string_view (*objection)(const ConvProblem&, const VulkanTraits&);
  std::string_view why;  // one clause: when this row is the best
  // Why it is not worth it there, asked unless it is forced; null: it is wherever it can.
  std::string_view (*drawback)(const ConvProblem&, const VulkanTraits&) = nullptr;

  bool covers(const ConvProblem& p, const VulkanTraits& t) const { return objection(p, t).empty(); }
  bool suits(const ConvProblem& p, const VulkanTraits& t) const {
    return drawback == nullptr || drawback(p, t).empty();
  }

  bool is_block() const {
    return method == ConvMethod::kBlock || method == ConvMethod::kSplitBlock;
  }
};

std::span<const ConvKernel> AllConvKernels();

// The problem by which everything about a launch is chosen that may change an answer's bits:
// itself, but where answers must not depend on the batch size with the batch of kCanonicalBatch.
inline constexpr int64_t kCanonicalBatch = 4;
ConvProblem ChosenBy(const ConvProblem& problem, const VulkanTraits& traits);

struct ConvChoice {
  const ConvKernel* kernel = nullptr;  // null: nothing covers the problem
  std::string shader;                  // with a load path where a forced name has one
};

// `forced` is a row's name, or that with "_texel" or "_ssbo" behind it; it is taken wherever it
// covers the problem.
ConvChoice ChooseConvKernel(const ConvProblem& problem, const VulkanTraits& traits,
                            const std::function<bool(std::string_view)>& usable,
                            std::string_view forced);

// Why each row but `chosen` (null: all) is not taken, in the table's order: what it cannot compute,
// what the device has against its shader (`objection_to`, a clause or empty), why it is not worth
// it, or that `chosen` comes before it.
std::vector<OtherKernel> OtherConvKernels(
    const ConvProblem& problem, const VulkanTraits& traits,
    const std::function<std::string(std::string_view)>& objection_to, const ConvKernel* chosen);

// With traits().explain: notes them with the builder. `problem` as ChooseConvKernel was given it.
void RefuseOtherRows(const ConvProblem& problem, const ConvChoice& choice,
                     VulkanStepBuilder& builder);

}  // namespace convoy::compute
