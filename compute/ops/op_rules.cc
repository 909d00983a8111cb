#include "compute/ops/op_rules.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_join.h"
#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

bool Allows(ElementTypes types, DType dtype) {
  switch (types) {
    case ElementTypes::kFloat:
      return dtype == DType::kFloat32;
    case ElementTypes::kNumbers:
      return dtype == DType::kFloat32 || IsInteger(dtype);
    case ElementTypes::kAny:
      return dtype == DType::kFloat32 || !IsFloat(dtype);
  }
  return false;
}

std::string_view TextOf(ElementTypes types) {
  switch (types) {
    case ElementTypes::kFloat:
      return "FP32";
    case ElementTypes::kNumbers:
      return "FP32 or an integer type";
    case ElementTypes::kAny:
      return "FP32, BOOL or an integer type";
  }
  return "";
}

}  // namespace

absl::Status CheckExtent(std::string_view op, std::string_view name, const Shape& shape) {
  for (const int64_t dim : shape.dims()) {
    if (dim < 1) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s %s has shape %s, but every dimension must be at least 1", op, name,
                          shape.ToString()));
    }
  }
  const std::optional<int64_t> elements = CheckedProduct(shape.dims());
  if (!elements.has_value() || *elements > kMaxTensorElements) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s %s has shape %s, which exceeds the limit of %d elements", op, name,
                        shape.ToString(), kMaxTensorElements));
  }
  return absl::OkStatus();
}

absl::Status CheckInputs(std::string_view op, std::span<const TensorSpec> inputs, size_t least,
                         size_t most, ElementTypes types) {
  if (inputs.size() < least || inputs.size() > most) {
    const std::string allowed =
        least == most ? absl::StrFormat("%d", least) : absl::StrFormat("%d to %d", least, most);
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is given %d inputs, but takes %s", op, inputs.size(), allowed));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string name = absl::StrFormat("input %d", i);
    if (!Allows(types, inputs[i].dtype)) {
      return absl::InvalidArgumentError(absl::StrFormat("%s %s is %s, but must be %s", op, name,
                                                        NameOf(inputs[i].dtype), TextOf(types)));
    }
    CONVOY_RETURN_IF_ERROR(CheckExtent(op, name, inputs[i].shape));
  }
  return absl::OkStatus();
}

absl::Status CheckOneType(std::string_view op, std::span<const TensorSpec> inputs) {
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].dtype == inputs[0].dtype) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("%s input %d is %s, but must be %s as input 0 is", op, i,
                        NameOf(inputs[i].dtype), NameOf(inputs[0].dtype)));
  }
  return absl::OkStatus();
}

absl::Status CheckRank(std::string_view op, std::string_view name, const Shape& shape, int least,
                       int most) {
  if (shape.rank() >= least && shape.rank() <= most) return absl::OkStatus();
  const std::string allowed =
      least == most ? absl::StrFormat("%d", least) : absl::StrFormat("%d to %d", least, most);
  return absl::InvalidArgumentError(
      absl::StrFormat("%s operand %s has shape %s of rank %d, but its rank must be %s", op, name,
                      shape.ToString(), shape.rank(), allowed));
}

absl::Status CheckShape(std::string_view op, std::string_view name, const Shape& given,
                        const Shape& expected) {
  if (given == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s operand %s has shape %s, but its shape must be %s", op, name,
                      given.ToString(), expected.ToString()));
}

absl::Status CheckAxis(std::string_view op, int axis, int rank) {
  if (axis >= 0 && axis < rank) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s axis is %d, but must be from 0 to %d for a tensor of rank %d", op, axis, rank - 1, rank));
}

absl::Status CheckActivation(std::string_view op, const ActivationParams& activation) {
  if (activation.kind == ActivationKind::kCelu && activation.alpha == 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s activation celu has alpha 0, which it divides by", op));
  }
  if (!std::isnan(activation.alpha) && !std::isnan(activation.beta)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s activation has the parameters %g and %g, but both must be numbers", op,
                      activation.alpha, activation.beta));
}

absl::StatusOr<TensorSpecs> OneOutput(std::string_view op, const Shape& shape, DType dtype) {
  CONVOY_RETURN_IF_ERROR(CheckExtent(op, "output", shape));
  return TensorSpecs{TensorSpec{dtype, shape}};
}

absl::StatusOr<Shape> BroadcastShapes(std::string_view op, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape result;
  for (int i = 0; i < rank; ++i) {
    const int a_axis = i - (rank - a.rank());
    const int b_axis = i - (rank - b.rank());
    const int64_t a_dim = a_axis < 0 ? 1 : a[a_axis];
    const int64_t b_dim = b_axis < 0 ? 1 : b[b_axis];
    if (a_dim != b_dim && a_dim != 1 && b_dim != 1) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s is given the shapes %s and %s, which do not broadcast to one another",
                          op, a.ToString(), b.ToString()));
    }
    result.Append(a_dim == 1 ? b_dim : a_dim);
  }
  return result;
}

double BytesOf(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  double bytes = 0;
  for (const TensorSpec& spec : inputs) bytes += static_cast<double>(spec.bytes());
  for (const TensorSpec& spec : outputs) bytes += static_cast<double>(spec.bytes());
  return bytes;
}

std::string JoinAttributes(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += ' ';
    text += part;
  }
  return text;
}

std::string ListText(std::span<const int64_t> values) { return absl::StrJoin(values, ","); }

}  // namespace convoy::compute
