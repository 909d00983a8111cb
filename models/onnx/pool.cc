// Pooling over windows (MaxPool, AveragePool, LpPool), over the whole image (Global...), to a given
// size (adaptive pooling), and MaxUnpool.
#include <algorithm>
#include <array>

#include "compute/base/quote.h"
#include "models/onnx/window_attributes.h"

namespace convoy::models {
namespace {

using compute::AdaptivePoolParams;
using compute::DType;
using compute::GlobalPoolParams;
using compute::kMaxWindowExtent;
using compute::PoolIndices;
using compute::PoolKind;
using compute::PoolParams;
using compute::Shape;

absl::StatusOr<PoolParams> ReadPool(NodeImport& node, PoolKind kind) {
  PoolParams params;
  params.kind = kind;
  CONVOY_ASSIGN_OR_RETURN(params.window, ReadWindow(node, node.shape(0), {}));
  CONVOY_ASSIGN_OR_RETURN(const AutoPad auto_pad, AutoPadOf(node));
  ResolveSamePads(auto_pad, node.shape(0), params.window);
  params.ceil_mode = node.Int("ceil_mode", 0) != 0;
  return params;
}

absl::Status ImportMaxPool(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(PoolParams params, ReadPool(node, PoolKind::kMax));
  if (node.has_output(1)) {
    params.indices =
        node.Int("storage_order", 0) == 0 ? PoolIndices::kRowMajor : PoolIndices::kColumnMajor;
  }
  const DType type = node.spec_of(node.input(0)).dtype;
  if (compute::IsFloat(type)) return node.FinishAll(params, node.inputs());
  if (compute::SizeOf(type) != 1) {
    return absl::UnimplementedError(absl::StrFormat(
        "the input is %s; supported are floating point, INT8 and UINT8", compute::NameOf(type)));
  }
  // FP32 holds every 8-bit integer.
  CONVOY_ASSIGN_OR_RETURN(const ValueId real,
                          node.Add(compute::CastParams{DType::kFloat32}, {node.input(0)}));
  CONVOY_ASSIGN_OR_RETURN(std::vector<ValueId> values, node.AddAll(params, {real}));
  CONVOY_ASSIGN_OR_RETURN(values[0], node.Add(compute::CastParams{type}, {values[0]}));
  return node.FinishValues(std::move(values));
}

absl::Status ImportAveragePool(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(PoolParams params, ReadPool(node, PoolKind::kAverage));
  params.count_include_pad = node.Int("count_include_pad", 0) != 0;
  return node.Finish(params, node.inputs());
}

absl::Status ImportLpPool(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(PoolParams params, ReadPool(node, PoolKind::kLp));
  params.p = node.Int("p", 2);
  return node.Finish(params, node.inputs());
}

absl::Status ImportGlobalMaxPool(NodeImport& node) {
  return node.Finish(GlobalPoolParams{PoolKind::kMax}, node.inputs());
}
absl::Status ImportGlobalAveragePool(NodeImport& node) {
  return node.Finish(GlobalPoolParams{PoolKind::kAverage}, node.inputs());
}

absl::Status ImportGlobalLpPool(NodeImport& node) {
  const int64_t p = node.Int("p", 2);
  const int rank = node.shape(0).rank();
  if (rank < 3 || p < 1 || p > compute::kMaxPower) {
    return absl::InvalidArgumentError(
        absl::StrFormat("p is %d and the input has shape %s; asked for are 1 to %d and an image", p,
                        node.shape(0).ToString(), compute::kMaxPower));
  }
  compute::ReduceParams params{
      .kind = compute::ReduceKind::kLp, .axes = {}, .p = static_cast<int>(p)};
  for (int axis = 2; axis < rank; ++axis) params.axes.push_back(axis);
  return node.Finish(params, node.inputs());
}

// ONNX counts the places in the output that the window gives. A larger output_shape puts that image
// into its upper left corner.
absl::Status ImportMaxUnpool(NodeImport& node) {
  compute::MaxUnpoolParams params;
  CONVOY_ASSIGN_OR_RETURN(params.window, ReadWindow(node, node.shape(0), {}));
  const std::vector<ValueId> inputs{node.input(0), node.input(1)};
  if (!node.has_input(2)) return node.Finish(params, inputs);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> given, node.ConstantInts(2));
  CONVOY_ASSIGN_OR_RETURN(const ValueId image, node.Add(params, inputs));
  const Shape made = node.spec_of(image).shape;
  const Shape wanted{std::span<const int64_t>(given)};
  if (made == wanted) return node.Alias(image);
  compute::PadParams pad;
  bool fits = wanted.rank() == made.rank();
  for (int i = 0; fits && i < made.rank(); ++i) {
    fits = wanted[i] == made[i] || (i >= 2 && wanted[i] > made[i]);
    pad.begins.push_back(0);
    pad.ends.push_back(wanted[i] - made[i]);
  }
  if (!fits) {
    return absl::InvalidArgumentError(
        absl::StrFormat("output_shape is %s, but must have the batch and channels of %s and an "
                        "image at least as large",
                        wanted.ToString(), made.ToString()));
  }
  return node.Finish(std::move(pad), {image});
}

// Where every window has one extent, adaptive pooling is a pooling of that kernel and stride.
std::optional<PoolParams> AsPlainPool(const AdaptivePoolParams& adaptive, const Shape& x) {
  PoolParams pool;
  pool.kind = adaptive.kind;
  pool.window.rank = adaptive.rank;
  const compute::Spatial in = compute::ImageDimsOf(x).size;
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t out = adaptive.size[axis];
    if (in[axis] % out != 0 || in[axis] / out > kMaxWindowExtent) return std::nullopt;
    pool.window.kernel[axis] = pool.window.strides[axis] = in[axis] / out;
  }
  return pool;
}

absl::Status FinishAdaptive(NodeImport& node, PoolKind kind, std::span<const int64_t> size) {
  const Shape x = node.shape(0);
  AdaptivePoolParams params{.kind = kind, .rank = x.rank() - 2};
  bool fits = params.rank >= 1 && params.rank <= 3 && size.size() == x.dims().size() - 2;
  for (size_t i = 0; fits && i < size.size(); ++i) {
    fits = size[i] >= 1 && size[i] <= kMaxWindowExtent;
    params.size[3 - size.size() + i] = size[i];
  }
  if (!fits) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the output size is %s for an input of shape %s; asked for is an extent of 1 to %d for "
        "each of 1 to 3 spatial dimensions",
        Shape(size).ToString(), x.ToString(), kMaxWindowExtent));
  }
  const bool wants_indices = node.has_output(1);
  const bool whole_image = params.size == compute::Spatial{1, 1, 1};
  if (whole_image && !wants_indices) return node.Finish(GlobalPoolParams{kind}, {node.input(0)});
  if (std::optional<PoolParams> pool = AsPlainPool(params, x); pool.has_value()) {
    if (wants_indices && kind == PoolKind::kMax) pool->indices = PoolIndices::kRowMajor;
    return node.FinishAll(*pool, {node.input(0)});
  }
  return node.Finish(params, {node.input(0)});  // without indices
}

// Convoy's own operators, with attribute output_size.
absl::Status ImportAdaptiveAveragePool(NodeImport& node) {
  return FinishAdaptive(node, PoolKind::kAverage, node.Ints("output_size"));
}
absl::Status ImportAdaptiveMaxPool(NodeImport& node) {
  return FinishAdaptive(node, PoolKind::kMax, node.Ints("output_size"));
}

// What PyTorch's exporter writes for functions that ONNX lacks. Its indices count a channel's
// pixels and ours the whole tensor's, so they are not offered.
absl::Status ImportAten(NodeImport& node) {
  const std::string name = node.String("operator", "");
  for (const char* rank : {"1d", "2d", "3d"}) {
    const std::string average = absl::StrFormat("adaptive_avg_pool%s", rank);
    const bool is_max = name == absl::StrFormat("adaptive_max_pool%s", rank);
    if (name != average && name != "_" + average && !is_max) continue;
    if (node.has_output(1)) {
      return absl::UnimplementedError(
          absl::StrFormat("the indices of ATen operator %s are not supported", name));
    }
    CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> size, node.ConstantInts(1));
    return FinishAdaptive(node, is_max ? PoolKind::kMax : PoolKind::kAverage, size);
  }
  return absl::UnimplementedError(absl::StrFormat(
      "ATen operator %s is not supported; adaptive_avg_pool and adaptive_max_pool of 1d to 3d are",
      compute::Quote(name)));
}

}  // namespace

std::span<const ImportRule> PoolRules() {
  static constexpr std::array kRules = {
      ImportRule{"MaxPool", 1, 1, ImportMaxPool},
      ImportRule{"AveragePool", 1, 1, ImportAveragePool},
      ImportRule{"LpPool", 1, 1, ImportLpPool},
      ImportRule{"GlobalMaxPool", 1, 1, ImportGlobalMaxPool},
      ImportRule{"GlobalAveragePool", 1, 1, ImportGlobalAveragePool},
      ImportRule{"GlobalLpPool", 1, 1, ImportGlobalLpPool},
      ImportRule{"MaxUnpool", 2, 3, ImportMaxUnpool},
      ImportRule{"AdaptiveAveragePool", 1, 1, ImportAdaptiveAveragePool, kConvoyDomain},
      ImportRule{"AdaptiveMaxPool", 1, 1, ImportAdaptiveMaxPool, kConvoyDomain},
      ImportRule{"ATen", 1, kAnyCount, ImportAten, kAtenDomain},
  };
  return kRules;
}

}  // namespace convoy::models
