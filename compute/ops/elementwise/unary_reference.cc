#include <cmath>

#include "compute/ops/elements.h"
#include "compute/ops/elementwise/integers.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

double Apply(const UnaryParams& params, double x) {
  switch (params.kind) {
    case UnaryKind::kAbs:
      return std::abs(x);
    case UnaryKind::kNeg:
      return -x;
    case UnaryKind::kSign:
      return x > 0 ? 1 : x < 0 ? -1 : x;
    case UnaryKind::kReciprocal:
      return 1 / x;
    case UnaryKind::kSqrt:
      return std::sqrt(x);
    case UnaryKind::kExp:
      return std::exp(x);
    case UnaryKind::kLog:
      return std::log(x);
    case UnaryKind::kErf:
      return std::erf(x);
    case UnaryKind::kFloor:
      return std::floor(x);
    case UnaryKind::kCeil:
      return std::ceil(x);
    case UnaryKind::kRound:
      return std::nearbyint(x);
    case UnaryKind::kSin:
      return std::sin(x);
    case UnaryKind::kCos:
      return std::cos(x);
    case UnaryKind::kTan:
      return std::tan(x);
    case UnaryKind::kAsin:
      return std::asin(x);
    case UnaryKind::kAcos:
      return std::acos(x);
    case UnaryKind::kAtan:
      return std::atan(x);
    case UnaryKind::kSinh:
      return std::sinh(x);
    case UnaryKind::kCosh:
      return std::cosh(x);
    case UnaryKind::kAsinh:
      return std::asinh(x);
    case UnaryKind::kAcosh:
      return std::acosh(x);
    case UnaryKind::kAtanh:
      return std::atanh(x);
    case UnaryKind::kSoftsign:
      return x / (1 + std::abs(x));
    case UnaryKind::kThresholdedRelu:
      return x > params.alpha ? x : 0;
    case UnaryKind::kShrink:
      return x < -params.alpha ? x + params.beta : x > params.alpha ? x - params.beta : 0;
    case UnaryKind::kIsNan:
      return std::isnan(x) ? 1 : 0;
    case UnaryKind::kNot:
      break;  // InferShapes refuses it
  }
  return x;
}

}  // namespace

void RunReference(const UnaryParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const DType dtype = inputs[0].spec.dtype;
  if (dtype == DType::kFloat32) {
    std::vector<double> values = ReadElements<double>(inputs[0]);
    for (double& value : values) value = Apply(params, value);
    return WriteElements(values, outputs[0]);
  }
  std::vector<int64_t> values = ReadElements<int64_t>(inputs[0]);
  for (int64_t& x : values) {
    x = dtype == DType::kBool ? x == 0 : ApplyToInteger(params.kind, x, IsUnsigned(dtype));
  }
  WriteElements(values, outputs[0]);
}

}  // namespace convoy::compute
