#include "models/onnx/window_attributes.h"

#include <algorithm>

#include "compute/base/quote.h"

namespace convoy::models {
namespace {

using compute::kMaxWindowExtent;
using compute::Quote;
using compute::Shape;
using compute::Spatial;
using compute::Window;

absl::Status CheckExtents(const char* attribute, const Spatial& values, int64_t smallest) {
  for (const int64_t value : values) {
    if (value >= smallest && value <= kMaxWindowExtent) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s has the value %d; allowed are %d to %d", attribute, value, smallest, kMaxWindowExtent));
  }
  return absl::OkStatus();
}

absl::Status ReadPads(NodeImport& node, Window& window) {
  const std::vector<int64_t> pads = node.Ints("pads");
  if (pads.empty()) return absl::OkStatus();
  const size_t rank = static_cast<size_t>(window.rank);
  if (pads.size() != 2 * rank) {
    return absl::InvalidArgumentError(
        absl::StrFormat("pads has %d values where %d are asked for", pads.size(), 2 * rank));
  }
  std::copy_n(pads.begin(), rank, window.pads_begin.end() - window.rank);
  std::copy_n(pads.begin() + window.rank, rank, window.pads_end.end() - window.rank);
  CONVOY_RETURN_IF_ERROR(CheckExtents("pads", window.pads_begin, 0));
  return CheckExtents("pads", window.pads_end, 0);
}

absl::Status ReadKernel(NodeImport& node, std::span<const int64_t> fallback, Window& window) {
  std::vector<int64_t> kernel = node.Ints("kernel_shape");
  if (kernel.empty()) kernel.assign(fallback.begin(), fallback.end());
  if (kernel.size() != static_cast<size_t>(window.rank)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "kernel_shape has %d values where %d are asked for", kernel.size(), window.rank));
  }
  std::copy(kernel.begin(), kernel.end(), window.kernel.end() - window.rank);
  return CheckExtents("kernel_shape", window.kernel, 1);
}

}  // namespace

absl::StatusOr<AutoPad> AutoPadOf(NodeImport& node) {
  const std::string text = node.String("auto_pad", "NOTSET");
  if (text == "NOTSET" || text.empty()) return AutoPad::kExplicit;
  if (text == "VALID") return AutoPad::kValid;
  if (text == "SAME_UPPER") return AutoPad::kSameUpper;
  if (text == "SAME_LOWER") return AutoPad::kSameLower;
  return absl::InvalidArgumentError(absl::StrFormat(
      "auto_pad is %s; allowed are NOTSET, VALID, SAME_UPPER and SAME_LOWER", Quote(text)));
}

absl::StatusOr<Spatial> ReadSpatial(NodeImport& node, const char* attribute, int rank,
                                    int64_t fallback) {
  Spatial result{fallback, fallback, fallback};
  const std::vector<int64_t> values = node.Ints(attribute);
  if (values.empty()) return result;
  if (values.size() != static_cast<size_t>(rank)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s has %d values where %d are asked for", attribute, values.size(), rank));
  }
  std::copy(values.begin(), values.end(), result.end() - rank);
  CONVOY_RETURN_IF_ERROR(CheckExtents(attribute, result, fallback));
  return result;
}

absl::StatusOr<Window> ReadWindow(NodeImport& node, const Shape& x,
                                  std::span<const int64_t> fallback_kernel) {
  if (x.rank() < 3 || x.rank() > 5) {
    return absl::UnimplementedError(absl::StrFormat(
        "the input has shape %s; supported are 1 to 3 spatial dimensions behind batch and channels",
        x.ToString()));
  }
  Window window;
  window.rank = x.rank() - 2;
  CONVOY_RETURN_IF_ERROR(ReadKernel(node, fallback_kernel, window));
  CONVOY_ASSIGN_OR_RETURN(window.strides, ReadSpatial(node, "strides", window.rank, 1));
  CONVOY_ASSIGN_OR_RETURN(window.dilations, ReadSpatial(node, "dilations", window.rank, 1));
  CONVOY_ASSIGN_OR_RETURN(const AutoPad auto_pad, AutoPadOf(node));
  if (auto_pad == AutoPad::kExplicit) CONVOY_RETURN_IF_ERROR(ReadPads(node, window));
  return window;
}

void SplitPads(AutoPad auto_pad, int64_t total, int64_t& begin, int64_t& end) {
  const int64_t half = total / 2;
  begin = auto_pad == AutoPad::kSameUpper ? half : total - half;
  end = total - begin;
}

void ResolveSamePads(AutoPad auto_pad, const Shape& x, Window& window) {
  if (auto_pad != AutoPad::kSameUpper && auto_pad != AutoPad::kSameLower) return;
  for (int axis = 3 - window.rank; axis < 3; ++axis) {
    const int64_t in = x[x.rank() - 3 + axis];
    const int64_t out = (in + window.strides[axis] - 1) / window.strides[axis];
    const int64_t reach = (out - 1) * window.strides[axis] + window.extent(axis);
    SplitPads(auto_pad, std::max<int64_t>(0, reach - in), window.pads_begin[axis],
              window.pads_end[axis]);
  }
}

std::span<const int64_t> KernelOf(const Shape& weights) {
  return weights.rank() < 3 ? std::span<const int64_t>() : weights.dims().subspan(2);
}

absl::StatusOr<compute::ConvParams> ReadConv(NodeImport& node, int x, int w) {
  compute::ConvParams params;
  const Shape image = node.shape(x);
  const Shape weights = node.shape(w);
  CONVOY_ASSIGN_OR_RETURN(params.window, ReadWindow(node, image, KernelOf(weights)));
  CONVOY_ASSIGN_OR_RETURN(const AutoPad auto_pad, AutoPadOf(node));
  ResolveSamePads(auto_pad, image, params.window);
  params.group = node.Int("group", 1);
  return params;
}

}  // namespace convoy::models
