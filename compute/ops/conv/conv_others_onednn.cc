// Why a convolution on the cpu does not take each of the other algorithms, for reports.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/ops/conv/conv_choice_onednn.h"
#include "compute/ops/conv/panel_step_onednn.h"

namespace convoy::compute {
namespace {

constexpr ConvAlgorithm kAlgorithms[] = {ConvAlgorithm::kDirect, ConvAlgorithm::kOnednnWinograd,
                                         ConvAlgorithm::kWinograd, ConvAlgorithm::kPanels};

std::string_view WinogradStepObjection(const ConvParams& params, ConvAlgorithm algorithm,
                                       const OnednnStepBuilder& builder) {
  const std::string_view objection =
      WinogradObjection(params, builder.dims(0)[1], builder.output_dims()[1]);
  if (!objection.empty()) return objection;
  if (!builder.tuning().winograd) return "--cpu-winograd is off";
  if (builder.constant(1) == nullptr) return "the weights are computed";
  if (algorithm == ConvAlgorithm::kWinograd) {
    return CpuRunsAvx2() ? "" : "the processor has no AVX2 with FMA";
  }
  return OnednnRunsAvx512() ? "" : "the processor has no AVX-512";
}

std::string_view PanelsObjection(const ConvParams& params, const OnednnStepBuilder& builder) {
  std::string_view objection = PanelStepObjection(params.has_bias, builder);
  if (!objection.empty()) return objection;
  objection = PanelConv::FewChannelsObjection(params, ShapeOf(builder.dims(0)),
                                              ShapeOf(builder.output_dims()));
  if (!objection.empty()) return objection;
  const bool winograd = WinogradCovers(params, builder.dims(0)[1], builder.output_dims()[1]);
  return winograd ? "only where Winograd does not cover the layer" : "";
}

// Empty where the algorithm can compute the layer.
std::string_view ObjectionTo(ConvAlgorithm algorithm, const ConvParams& params,
                             const OnednnStepBuilder& builder) {
  if (algorithm == ConvAlgorithm::kDirect) return "";
  if (algorithm == ConvAlgorithm::kPanels) return PanelsObjection(params, builder);
  return WinogradStepObjection(params, algorithm, builder);
}

// Of one that can, but was not chosen and has no time in the trial.
std::string WhyUntimed(ConvAlgorithm algorithm, const ConvChoice& choice) {
  if (choice.timed.empty()) return absl::StrFormat("by rule, behind %s", NameOf(choice.algorithm));
  const bool onednn_first = std::ranges::any_of(choice.timed, [](const TimedKernel& timed) {
    return timed.kernel == NameOf(ConvAlgorithm::kOnednnWinograd);
  });
  if (algorithm == ConvAlgorithm::kWinograd && onednn_first) {
    return "not tried where oneDNN has a Winograd kernel";
  }
  return "not timed: there was no kernel for the layer, or its answer in the trial differed";
}

}  // namespace

void RefuseOthers(const ConvParams& params, const ConvChoice& choice, OnednnStepBuilder& builder) {
  if (!builder.tuning().explain) return;
  for (const ConvAlgorithm algorithm : kAlgorithms) {
    if (algorithm == choice.algorithm) continue;
    const std::string_view name = NameOf(algorithm);
    const auto timed = std::ranges::find(choice.timed, name, &TimedKernel::kernel);
    if (timed != choice.timed.end()) {
      builder.Refuse(name, "slower in the trial", timed->milliseconds);
      continue;
    }
    const std::string_view objection = ObjectionTo(algorithm, params, builder);
    builder.Refuse(name, objection.empty() ? WhyUntimed(algorithm, choice) : objection);
  }
}

}  // namespace convoy::compute
