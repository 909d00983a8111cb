// The host's half of Epilogue in shaders/include/epilogue.glsl: an activation as two bounds and a
// slope, so that kernels need no branch, or as the number of a smooth function.
#pragma once

#include <cstdint>
#include <limits>

#include "compute/ops/elementwise/activation.h"

namespace convoy::compute {

// y = v < low ? (slope != 0 ? slope * v : low) : v, then at most `high`.
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
    case ActivationKind::kSigmoid:
    case ActivationKind::kTanh:
      break;
  }
  return epilogue;
}

// The specialization constant kSmooth: the kind of a function that bounds cannot express, else 0.
inline uint32_t SmoothKind(const ActivationParams& activation) {
  const bool smooth =
      activation.kind == ActivationKind::kSigmoid || activation.kind == ActivationKind::kTanh;
  return smooth ? static_cast<uint32_t>(activation.kind) : 0;
}

}  // namespace convoy::compute
