// WaveNet: van den Oord et al., "WaveNet: a generative model for raw audio", arXiv 1609.03499,
// 2016: a stack of causal convolutions of two taps whose dilation doubles from 1 to 512, three
// times over (30 layers, as van den Oord et al., "Parallel WaveNet", ICML 2018), each gated by
// tanh(f) * sigmoid(g); the scores of the next of 256 mu-law levels are made of all layers' skip
// sums. Input: one-hot samples [256, T]; T 4000, 1,072,704 parameters; width 32 (residual
// channels; 512 in the skips).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildWaveNet(const ZooOptions& options);

}  // namespace convoy::models
