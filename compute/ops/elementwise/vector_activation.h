// An activation for our own AVX2 kernels (compute/cpu/vector_finish_avx2.h).
#pragma once

#include <optional>

#include "compute/cpu/vector_finish_avx2.h"
#include "compute/ops/conv/epilogue.h"

namespace convoy::compute {

// nullopt for those that the kernels do not have.
inline std::optional<VectorActivation> VectorActivationOf(const ActivationParams& activation) {
  switch (activation.kind) {
    case ActivationKind::kTanh:
      return VectorActivation{VectorFunction::kTanh, 0, 0, 0};
    case ActivationKind::kSigmoid:
      return VectorActivation{VectorFunction::kSigmoid, 0, 0, 0};
    case ActivationKind::kSwish:
      return VectorActivation{VectorFunction::kSwish, 0, 0, activation.alpha};
    default:
      break;
  }
  if (SmoothKind(activation) != 0) return std::nullopt;
  const Epilogue bounds = EpilogueOf(activation);
  return VectorActivation{VectorFunction::kBounds, bounds.low, bounds.high, bounds.slope};
}

}  // namespace convoy::compute
