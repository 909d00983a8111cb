#include "compute/ops/window.h"

#include <algorithm>
#include <span>

#include "absl/strings/str_join.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr const char* kAxisNames[] = {"D", "H", "W"};

// The last `rank` entries: those that the tensor has.
std::span<const int64_t> Tail(const Spatial& values, int rank) {
  return std::span<const int64_t>(values).last(static_cast<size_t>(rank));
}

bool AnyBut(const Spatial& values, int64_t usual) {
  return std::any_of(values.begin(), values.end(), [=](int64_t v) { return v != usual; });
}

absl::Status CheckEntries(std::string_view attribute, const Spatial& values, int rank,
                          int64_t least) {
  for (int axis = 0; axis < 3; ++axis) {
    const bool absent = axis < 3 - rank;
    const int64_t most = absent ? least : kMaxWindowExtent;
    const int64_t value = values[static_cast<size_t>(axis)];
    if (value >= least && value <= most) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("the window attribute %s is %d along %s, but must be from %d to %d",
                        attribute, value, kAxisNames[axis], least, most));
  }
  return absl::OkStatus();
}

}  // namespace

bool Window::padded() const { return AnyBut(pads_begin, 0) || AnyBut(pads_end, 0); }

std::string Window::ToString() const {
  std::string text = absl::StrFormat("kernel=%s", absl::StrJoin(Tail(kernel, rank), "x"));
  if (AnyBut(strides, 1)) {
    absl::StrAppendFormat(&text, " stride=%s", absl::StrJoin(Tail(strides, rank), "x"));
  }
  if (padded()) {
    absl::StrAppendFormat(&text, " pads=%s,%s", absl::StrJoin(Tail(pads_begin, rank), ","),
                          absl::StrJoin(Tail(pads_end, rank), ","));
  }
  if (AnyBut(dilations, 1)) {
    absl::StrAppendFormat(&text, " dilation=%s", absl::StrJoin(Tail(dilations, rank), "x"));
  }
  return text;
}

ImageDims ImageDimsOf(const Shape& shape) {
  ImageDims dims;
  dims.n = shape[0];
  dims.c = shape[1];
  for (int i = 2; i < shape.rank(); ++i) {
    dims.size[static_cast<size_t>(3 - shape.rank() + i)] = shape[i];
  }
  return dims;
}

Shape ImageShape(const ImageDims& dims, int rank) {
  Shape shape{dims.n, dims.c};
  for (const int64_t extent : Tail(dims.size, rank)) shape.Append(extent);
  return shape;
}

absl::Status ValidateWindow(const Window& window, const Shape& shape) {
  if (window.rank < 1 || window.rank > 3) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the window has %d spatial dimensions, but must have 1 to 3", window.rank));
  }
  if (shape.rank() != window.rank + 2) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the window has %d spatial dimensions and slides over a tensor of rank %d, but the tensor "
        "has shape %s",
        window.rank, window.rank + 2, shape.ToString()));
  }
  CONVOY_RETURN_IF_ERROR(CheckEntries("kernel_shape", window.kernel, window.rank, 1));
  CONVOY_RETURN_IF_ERROR(CheckEntries("strides", window.strides, window.rank, 1));
  CONVOY_RETURN_IF_ERROR(CheckEntries("dilations", window.dilations, window.rank, 1));
  CONVOY_RETURN_IF_ERROR(CheckEntries("pads", window.pads_begin, window.rank, 0));
  CONVOY_RETURN_IF_ERROR(CheckEntries("pads", window.pads_end, window.rank, 0));
  return absl::OkStatus();
}

absl::StatusOr<Shape> SlideWindow(std::string_view op, const Window& window, const ImageDims& x,
                                  int64_t channels) {
  ImageDims y{x.n, channels, {}};
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t padded = x.size[axis] + window.pads_begin[axis] + window.pads_end[axis];
    if (padded < window.extent(axis)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "%s is given an input of %d pixels with its padding, but the dilated kernel covers %d",
          op, padded, window.extent(axis)));
    }
    y.size[axis] = (padded - window.extent(axis)) / window.strides[axis] + 1;
  }
  return ImageShape(y, window.rank);
}

}  // namespace convoy::compute
