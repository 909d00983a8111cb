// The host's half of Epilogue in shaders/include/epilogue.glsl: an activation as two bounds and a
// slope, so that kernels need no branch, or as the number of a smooth function.
#pragma once

#include <cstdint>
#include <limits>

#include "compute/ops/elementwise/activation.h"

namespace convoy::compute {

// y = v < low ? (slope != 0 ? slope * v : low) : v, then at most `high`. Of a smooth function low
// and high are the parameters alpha and beta.
struct Epilogue {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  float slope = 0;
};

inline Epilogue EpilogueOf(const ActivationParams& activation) {
  Epilogue epilogue;
  switch (activation.kind) {
    case ActivationKind::kRelu:
      epilogue.low = 0;
      break;
    case ActivationKind::kLeakyRelu:
      epilogue.low = 0;
      epilogue.slope = activation.alpha;
      break;
    case ActivationKind::kClip:
      epilogue.low = activation.alpha;
      epilogue.high = activation.beta;
      break;
    case ActivationKind::kNone:
      break;
    default:
      epilogue.low = activation.alpha;
      epilogue.high = activation.beta;
  }
  return epilogue;
}

// The specialization constant kSmooth: the kind of a function that bounds cannot express (kSigmoid
// and those after it), else 0.
inline uint32_t SmoothKind(const ActivationParams& activation) {
  const auto kind = static_cast<uint32_t>(activation.kind);
  return kind < static_cast<uint32_t>(ActivationKind::kSigmoid) ? 0 : kind;
}

}  // namespace convoy::compute
