#include "models/config/reshape.h"

#include "absl/strings/str_format.h"
#include "compute/base/checked.h"

namespace convoy::models {
namespace {

// The products of the fixed dims before, between and behind the open ones; nullopt where a dim is
// neither positive nor open, or a product leaves int64.
std::optional<std::vector<int64_t>> Runs(const std::vector<int64_t>& dims) {
  std::vector<int64_t> runs{1};
  for (const int64_t dim : dims) {
    if (dim == kAnyExtent) {
      runs.push_back(1);
      continue;
    }
    const std::optional<int64_t> product = compute::CheckedMultiply(runs.back(), dim);
    if (dim < 1 || !product.has_value()) return std::nullopt;
    runs.back() = *product;
  }
  return runs;
}

// `dims`, which fit the pattern `from`, with its open extents put into the pattern `to`.
std::optional<std::vector<int64_t>> Translate(const std::vector<int64_t>& from,
                                              const std::vector<int64_t>& to,
                                              const std::vector<int64_t>& dims) {
  if (dims.size() != from.size()) return std::nullopt;
  std::vector<int64_t> open;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (from[i] == kAnyExtent) open.push_back(dims[i]);
    if (from[i] != kAnyExtent && from[i] != dims[i]) return std::nullopt;
  }
  std::vector<int64_t> result = to;
  size_t next = 0;
  for (int64_t& dim : result) {
    if (dim != kAnyExtent) continue;
    if (next == open.size()) return std::nullopt;
    dim = open[next++];
  }
  return result;
}

}  // namespace

std::string DimsText(const std::vector<int64_t>& dims) {
  std::string text = "[";
  for (const int64_t dim : dims) {
    absl::StrAppendFormat(&text, "%s%d", text.size() > 1 ? "," : "", dim);
  }
  return text + "]";
}

absl::Status CheckReshape(const std::string& what, const std::vector<int64_t>& dims,
                          const std::vector<int64_t>& network_dims) {
  const auto outside = Runs(dims);
  const auto inside = Runs(network_dims);
  if (outside.has_value() && outside == inside) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s has dims %s, which cannot be reshaped to %s: both need as many -1, and as many elements "
      "before, between and behind them",
      what, DimsText(dims), DimsText(network_dims)));
}

std::optional<std::vector<int64_t>> ToNetworkDims(const TensorDeclaration& tensor,
                                                  const std::vector<int64_t>& dims) {
  if (!tensor.network_dims.has_value()) return dims;
  return Translate(tensor.dims, *tensor.network_dims, dims);
}

std::optional<std::vector<int64_t>> FromNetworkDims(const TensorDeclaration& tensor,
                                                    const std::vector<int64_t>& network_dims) {
  if (!tensor.network_dims.has_value()) return network_dims;
  return Translate(*tensor.network_dims, tensor.dims, network_dims);
}

}  // namespace convoy::models
