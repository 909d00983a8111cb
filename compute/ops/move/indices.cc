#include "compute/ops/move/indices.h"

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

std::string_view NameOf(IndexKind kind) {
  switch (kind) {
    case IndexKind::kAxis:
      return "axis";
    case IndexKind::kElements:
      return "elements";
    case IndexKind::kTuples:
      return "tuples";
  }
  return "";
}

absl::Status CheckIndexType(std::string_view op, const TensorSpec& indices) {
  if (indices.dtype == DType::kInt32 || indices.dtype == DType::kInt64) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s indices are %s, but must be INT32 or INT64", op, NameOf(indices.dtype)));
}

absl::Status CheckElementIndices(std::string_view op, const Shape& data, const Shape& indices,
                                 int axis) {
  CONVOY_RETURN_IF_ERROR(CheckAxis(op, axis, data.rank()));
  bool fits = data.rank() == indices.rank();
  for (int i = 0; fits && i < data.rank(); ++i) fits = i == axis || indices[i] <= data[i];
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s indices have shape %s, but must have the rank of data, which is %s, and no dimension "
      "other than %d may be longer",
      op, indices.ToString(), data.ToString(), axis));
}

absl::Status CheckTupleIndices(std::string_view op, const Shape& data, const Shape& indices,
                               int batch_dims) {
  const int q = indices.rank();
  bool fits = q >= 1 && batch_dims >= 0 && batch_dims < q && batch_dims < data.rank() &&
              indices[q - 1] <= data.rank() - batch_dims;
  for (int i = 0; fits && i < batch_dims; ++i) fits = indices[i] == data[i];
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s indices have shape %s, but must share the first %d dimensions with data, which is %s, "
      "and end in a dimension of at most as many entries as data has dimensions behind them",
      op, indices.ToString(), batch_dims, data.ToString()));
}

}  // namespace convoy::compute
