#include "models/validate_item.h"

#include <optional>
#include <string>

#include "compute/base/checked.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

using compute::Quote;
using compute::Shape;
using compute::TensorView;

std::string ExpectedShape(const TensorDeclaration& input, bool batched) {
  std::string text = batched ? "[batch" : "[";
  for (const int64_t dim : input.dims) {
    if (text.size() > 1) text += ",";
    text += dim == kAnyExtent ? "any" : absl::StrFormat("%d", dim);
  }
  return text + "]";
}

std::string GivenShape(const Shape& shape) {
  std::string text = "[";
  for (const int64_t dim : shape.dims()) {
    absl::StrAppendFormat(&text, "%s%d", text.size() > 1 ? "," : "", dim);
  }
  return text + "]";
}

bool ShapeFits(const TensorDeclaration& input, const Shape& shape, int64_t rows, bool batched) {
  const int front = batched ? 1 : 0;
  if (shape.rank() != static_cast<int>(input.dims.size()) + front) return false;
  if (batched && shape[0] != rows) return false;
  for (size_t i = 0; i < input.dims.size(); ++i) {
    const int64_t given = shape[static_cast<int>(i) + front];
    if (given < 1 || (input.dims[i] != kAnyExtent && input.dims[i] != given)) return false;
  }
  return true;
}

absl::Status CheckRows(const ModelSpec& spec, int64_t rows) {
  const int64_t most = spec.max_batch_size > 0 ? spec.max_batch_size : 1;
  if (rows >= 1 && rows <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("the batch has %d rows; model '%s' takes 1 to %d", rows, spec.name, most));
}

absl::Status CheckInput(const ModelSpec& spec, const TensorDeclaration& input,
                        const TensorView& given, int64_t rows) {
  if (given.spec.dtype != input.dtype) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "input %s of model '%s' has datatype %s; expected is %s", Quote(input.name), spec.name,
        compute::NameOf(given.spec.dtype), compute::NameOf(input.dtype)));
  }
  const bool batched = spec.max_batch_size > 0;
  if (!ShapeFits(input, given.spec.shape, rows, batched)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %s of model '%s' has shape %s; expected is %s%s", Quote(input.name),
                        spec.name, GivenShape(given.spec.shape), ExpectedShape(input, batched),
                        batched ? absl::StrFormat(" with a batch of %d", rows) : ""));
  }
  const std::optional<int64_t> elements = compute::CheckedProduct(given.spec.shape.dims());
  const std::optional<int64_t> bytes =
      compute::CheckedMultiply(elements.value_or(-1), compute::SizeOf(input.dtype));
  if (!elements.has_value() || !bytes.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("input %s of model '%s' has shape %s, more than can be counted in 64 bits",
                        Quote(input.name), spec.name, GivenShape(given.spec.shape)));
  }
  if (static_cast<int64_t>(given.bytes.size()) == *bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("input %s of model '%s' has %d bytes; expected are %d for shape %s of %s",
                      Quote(input.name), spec.name, given.bytes.size(), *bytes,
                      GivenShape(given.spec.shape), compute::NameOf(input.dtype)));
}

}  // namespace

absl::Status ValidateItemAgainst(const ModelSpec& spec, const BatchItem& item) {
  CONVOY_RETURN_IF_ERROR(CheckRows(spec, item.rows));
  if (item.inputs.size() != spec.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrFormat("%d inputs are given; model '%s' has %d",
                                                      item.inputs.size(), spec.name,
                                                      spec.inputs.size()));
  }
  for (size_t i = 0; i < item.inputs.size(); ++i) {
    CONVOY_RETURN_IF_ERROR(CheckInput(spec, spec.inputs[i], item.inputs[i], item.rows));
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
