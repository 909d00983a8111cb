// Which algorithm a convolution takes on this processor: measured on buffers of the layer's size,
// in a few milliseconds, and kept in the tune file (see compute/cpu/kernel_choice.h); by rule where
// nothing may be timed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compute/cpu/step_builder.h"
#include "compute/ops/conv/conv.h"
#include "compute/ops/conv/winograd.h"

namespace convoy::compute {

enum class ConvAlgorithm {
  kDirect,
  kOnednnWinograd,  // AVX-512
  kWinograd,        // our own, AVX2
  kPanels,          // our own, AVX2; see panel_conv.h
};

// oneDNN's kernel for given sizes. Throws dnnl::error where there is none.
dnnl::convolution_forward::primitive_desc ConvKernel(const ConvParams& params,
                                                     dnnl::algorithm algorithm, const Dims& x,
                                                     const Dims& weights, const Dims& y,
                                                     const dnnl::engine& engine);

WinogradLayer WinogradLayerOf(const ConvParams& params, const Dims& x, const Dims& y);

struct ConvChoice {
  ConvAlgorithm algorithm = ConvAlgorithm::kDirect;
  std::string why;                 // one clause; empty where there was nothing to choose from
  std::vector<TimedKernel> timed;  // fastest first; empty where nothing is known
};

// As the tune file and reports call it: "direct", "onednn_winograd", "winograd", "panels".
std::string_view NameOf(ConvAlgorithm algorithm);

// The fastest whose answer agrees with the direct kernel's.
ConvChoice ChooseConvAlgorithm(const ConvParams& params, const OnednnStepBuilder& builder);

// Notes with the builder why the layer does not take the other algorithms.
void RefuseOthers(const ConvParams& params, const ConvChoice& choice, OnednnStepBuilder& builder);

}  // namespace convoy::compute
