// Why a convolution does not take the other rows of the choice table, for reports.
#include "absl/strings/str_format.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"

namespace convoy::compute {
namespace {

// Of a row that could have been chosen.
std::string WhyBehind(const ConvKernel& row, const ConvKernel* chosen) {
  if (chosen == nullptr) return "no row of its table is asked here";
  const bool before = &row < chosen;
  return before ? absl::StrFormat("not asked: %s is forced, or faster by its time", chosen->name)
                : absl::StrFormat("by rule: behind %s in the choice table", chosen->name);
}

}  // namespace

std::vector<OtherKernel> OtherConvKernels(
    const ConvProblem& problem, const VulkanTraits& traits,
    const std::function<std::string(std::string_view)>& objection_to, const ConvKernel* chosen) {
  std::vector<OtherKernel> others;
  for (const ConvKernel& row : AllConvKernels()) {
    if (&row == chosen) continue;
    std::string why(row.objection(problem, traits));
    if (why.empty()) why = objection_to(row.shader);
    if (why.empty() && row.method == ConvMethod::kSplitBlock) why = objection_to("conv/conv_join");
    if (why.empty() && row.drawback != nullptr) why = row.drawback(problem, traits);
    if (why.empty()) why = WhyBehind(row, chosen);
    others.push_back({std::string(row.name), std::move(why)});
  }
  return others;
}

void RefuseOtherRows(const ConvProblem& problem, const ConvChoice& choice,
                     VulkanStepBuilder& builder) {
  if (!builder.traits().explain) return;
  builder.Refuse(OtherConvKernels(
      ChosenBy(problem, builder.traits()), builder.traits(),
      [&](std::string_view shader) { return builder.ObjectionTo(shader); }, choice.kernel));
}

}  // namespace convoy::compute
