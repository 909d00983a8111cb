#include "compute/ops/conv/panel_step_onednn.h"

#include <memory>
#include <span>

#include "compute/cpu/cpu_facts.h"

namespace convoy::compute {

Shape ShapeOf(const Dims& dims) { return Shape(std::span<const int64_t>(dims)); }

std::string_view PanelStepObjection(bool has_bias, const OnednnStepBuilder& builder) {
  if (!CpuRunsAvx2()) return "the processor has no AVX2 with FMA";
  if (OnednnRunsAvx512()) return "oneDNN's kernels for AVX-512 are faster";
  if (builder.dims(0).size() != 4) return "they are made for two dimensions";
  if (builder.constant(1) == nullptr) return "the weights are computed";
  return has_bias && builder.constant(2) == nullptr ? "the bias is computed" : "";
}

absl::Status BuildPanelConv(const PanelConv& conv, bool has_bias, const Layout& source,
                            OnednnStepBuilder& builder) {
  const auto shared = std::make_shared<const PanelConv>(conv);
  builder.Read(DNNL_ARG_SRC, 0, source);
  builder.ReadMade(1, "panels", shared->weight_floats(),
                   [shared](const HostTensor& values, std::span<float> made) {
                     shared->MakeWeights(values.data<float>(), made);
                   });
  if (has_bias) {
    builder.ReadMade(2, "panels", shared->bias_floats(),
                     [shared](const HostTensor& values, std::span<float> made) {
                       shared->PadBias(values.data<float>(), made);
                     });
  }
  builder.Write(ChannelBlocks(builder.output_dims()));
  builder.ExecuteOwn(
      [shared, has_bias](std::span<std::byte* const> operands) {
        const auto floats = [&](size_t i) { return reinterpret_cast<float*>(operands[i]); };
        const size_t output = has_bias ? 3 : 2;
        const bool has_scratch = shared->scratch_floats() > 0;
        shared->Run(floats(0), floats(1), has_bias ? floats(2) : nullptr, floats(output),
                    has_scratch ? floats(output + 1) : nullptr);
      },
      "panels:avx2", shared->scratch_floats());
  return absl::OkStatus();
}

}  // namespace convoy::compute
