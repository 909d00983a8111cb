// Folds the elements along some axes into one (the Reduce operators of ONNX).
//
//   input  x: any shape        output  y: `axes` become 1, or vanish where keep_dims is false
//
//   kSum  sum x      kMean  sum x / count     kMax, kMin, kProd
//   kLp   (sum |x|^p)^(1/p): ReduceL1 and ReduceL2      kSumSquare  sum x^2
//   kLogSum  log(sum x)      kLogSumExp  log(sum exp x), computed around the maximum
//
// FP32 everywhere. INT32, INT64, UINT32 and UINT64: the kinds whose result is an integer; sums and
// products keep their low bits, a mean loses its fraction. kMax and kMin take every type.
#pragma once

#include <vector>

namespace convoy::compute {

enum class ReduceKind {
  kSum,
  kMean,
  kMax,
  kMin,
  kProd,
  kLp,
  kSumSquare,
  kLogSum,
  kLogSumExp,
};

struct ReduceParams {
  ReduceKind kind = ReduceKind::kSum;
  std::vector<int> axes;  // ascending; none: every element is a set of its own
  bool keep_dims = true;
  int p = 2;  // of kLp, at least 1

  friend bool operator==(const ReduceParams&, const ReduceParams&) = default;
};

}  // namespace convoy::compute
