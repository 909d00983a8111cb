// Images sampled at other places: GridSample, AffineGrid, RoiAlign, MaxRoiPool, DeformConv, Col2Im
// and CenterCropPad.
#include <array>
#include <numeric>

#include "compute/base/checked.h"
#include "compute/base/quote.h"
#include "models/onnx/window_attributes.h"

namespace convoy::models {
namespace {

using compute::GridPadding;
using compute::GridSampleMode;
using compute::GridSampleParams;
using compute::HostTensor;
using compute::Quote;
using compute::ReshapeParams;
using compute::RoiAlignMode;
using compute::RoiAlignParams;
using compute::Shape;

absl::Status ImportGridSample(NodeImport& node) {
  GridSampleParams params;
  const std::string mode = node.String("mode", "linear");
  const std::string padding = node.String("padding_mode", "zeros");
  if (mode == "nearest") {
    params.mode = GridSampleMode::kNearest;
  } else if (mode == "cubic" || mode == "bicubic") {
    params.mode = GridSampleMode::kCubic;
  } else if (mode != "linear" && mode != "bilinear") {
    return absl::InvalidArgumentError(
        absl::StrFormat("mode is %s; there are nearest, linear and cubic", Quote(mode)));
  }
  if (padding == "border") {
    params.padding = GridPadding::kBorder;
  } else if (padding == "reflection") {
    params.padding = GridPadding::kReflection;
  } else if (padding != "zeros") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "padding_mode is %s; there are zeros, border and reflection", Quote(padding)));
  }
  params.align_corners = node.Int("align_corners", 0) != 0;
  return node.Finish(params, node.inputs());
}

// Coordinate i of n in [-1, 1]: centres of the outermost entries, or their outer edges.
float GridCoordinate(int64_t i, int64_t n, bool align_corners) {
  const double at = static_cast<double>(2 * i);
  if (!align_corners) return static_cast<float>((at + 1) / static_cast<double>(n) - 1);
  return n == 1 ? 0 : static_cast<float>(at / static_cast<double>(n - 1) - 1);
}

// A row (x, y, 1) or (x, y, z, 1) for every entry of an image of these extents.
absl::StatusOr<HostTensor> MakeBaseGrid(NodeImport& node, const Shape& image) {
  const bool align_corners = node.Int("align_corners", 0) != 0;
  const std::optional<int64_t> pixels = compute::CheckedProduct(image.dims());
  if (!pixels.has_value() || *pixels < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("size asks for an image of %s", image.ToString()));
  }
  const int rank = image.rank();
  CONVOY_ASSIGN_OR_RETURN(HostTensor grid,
                          node.MakeConstant({compute::DType::kFloat32, {*pixels, rank + 1}}));
  auto value = grid.mutable_data<float>().begin();
  for (int64_t pixel = 0; pixel < *pixels; ++pixel) {
    int64_t rest = pixel;
    for (int axis = rank; axis-- > 0; rest /= image[axis]) {
      *value++ = GridCoordinate(rest % image[axis], image[axis], align_corners);
    }
    *value++ = 1;
  }
  return grid;
}

// The base grid times each sample's matrix.
absl::Status ImportAffineGrid(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> size, node.ConstantInts(1));
  const Shape theta = node.shape(0);
  const int rank = static_cast<int>(size.size()) - 2;
  const bool fits = rank == 2 || rank == 3;
  if (!fits || theta != Shape{size[0], rank, rank + 1}) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "theta has the shape %s and size %d entries; asked for are Nx2x3 and N, C, H, W or Nx3x4 "
        "and N, C, D, H, W",
        theta.ToString(), size.size()));
  }
  const Shape image(std::span<const int64_t>(size).subspan(2));
  CONVOY_ASSIGN_OR_RETURN(HostTensor base, MakeBaseGrid(node, image));
  const ValueId grid = node.AddConstant(std::move(base));
  CONVOY_ASSIGN_OR_RETURN(const ValueId matrices,
                          node.Add(compute::TransposeParams{{0, 2, 1}}, {node.input(0)}));
  CONVOY_ASSIGN_OR_RETURN(const ValueId places,
                          node.Add(compute::MatMulParams{}, {grid, matrices}));
  Shape result{size[0]};
  for (const int64_t extent : image.dims()) result.Append(extent);
  result.Append(rank);
  return node.Finish(ReshapeParams{result}, {places});
}

absl::Status ImportRoiAlign(NodeImport& node) {
  RoiAlignParams params;
  const std::string mode = node.String("mode", "avg");
  if (mode != "avg" && mode != "max") {
    return absl::InvalidArgumentError(
        absl::StrFormat("mode is %s; there are avg and max", Quote(mode)));
  }
  if (mode == "max") params.mode = RoiAlignMode::kMax;
  const std::string transform = node.String("coordinate_transformation_mode",
                                            node.opset() < 16 ? "output_half_pixel" : "half_pixel");
  if (transform != "half_pixel" && transform != "output_half_pixel") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "coordinate_transformation_mode is %s; there are half_pixel and output_half_pixel",
        Quote(transform)));
  }
  params.half_pixel = transform == "half_pixel";
  params.output_height = node.Int("output_height", 1);
  params.output_width = node.Int("output_width", 1);
  params.sampling_ratio = node.Int("sampling_ratio", 0);
  params.spatial_scale = node.Float("spatial_scale", 1);
  return node.Finish(params, node.inputs());
}

absl::Status ImportMaxRoiPool(NodeImport& node) {
  const std::vector<int64_t> size = node.Ints("pooled_shape");
  if (size.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrFormat("pooled_shape has %d values where 2 are asked for", size.size()));
  }
  return node.Finish(compute::MaxRoiPoolParams{size[0], size[1], node.Float("spatial_scale", 1)},
                     node.inputs());
}

// The values under every window, then a 1x1 convolution of them.
absl::Status ImportDeformConv(NodeImport& node) {
  const Shape w = node.shape(1);
  if (node.shape(0).rank() != 4 || w.rank() != 4) {
    return absl::UnimplementedError(absl::StrFormat(
        "the weights have the shape %s; images are supported in 2-D", w.ToString()));
  }
  compute::DeformColumnsParams columns;
  CONVOY_ASSIGN_OR_RETURN(columns.window, ReadWindow(node, node.shape(0), w.dims().subspan(2)));
  columns.offset_group = node.Int("offset_group", 1);
  columns.has_mask = node.has_input(4);
  if (columns.window.kernel != compute::Spatial{1, w[2], w[3]}) {
    return absl::InvalidArgumentError(
        absl::StrFormat("kernel_shape is not that of the weights %s", w.ToString()));
  }
  std::vector<ValueId> inputs{node.input(0), node.input(2)};
  if (columns.has_mask) inputs.push_back(node.input(4));
  CONVOY_ASSIGN_OR_RETURN(const ValueId values, node.Add(columns, std::move(inputs)));
  CONVOY_ASSIGN_OR_RETURN(
      const ValueId weights,
      node.Add(ReshapeParams{{w[0], w[1] * columns.window.taps(), 1, 1}}, {node.input(1)}));
  compute::ConvParams conv;
  conv.group = node.Int("group", 1);
  conv.has_bias = node.has_input(3);
  inputs = {values, weights};
  if (conv.has_bias) inputs.push_back(node.input(3));
  return node.Finish(conv, std::move(inputs));
}

// Input channel c * taps + k lands at tap k of output channel c.
absl::StatusOr<HostTensor> MakeScatterWeights(NodeImport& node, const compute::Window& window,
                                              int64_t in_channels) {
  const compute::ImageDims dims{in_channels, 1, window.kernel};
  CONVOY_ASSIGN_OR_RETURN(HostTensor weights, node.MakeConstant({compute::DType::kFloat32,
                                                                 ImageShape(dims, window.rank)}));
  const std::span<float> values = weights.mutable_data<float>();
  for (int64_t c = 0; c < in_channels; ++c) {
    values[static_cast<size_t>(c * window.taps() + c % window.taps())] = 1;
  }
  return weights;
}

// Sums the columns into the image: an up-convolution whose weights are ones at their own tap.
absl::Status ImportCol2Im(NodeImport& node) {
  const Shape x = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> image, node.ConstantInts(1));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> block, node.ConstantInts(2));
  const int rank = static_cast<int>(image.size());
  if (x.rank() != 3 || rank < 1 || rank > 3 || block.size() != image.size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "columns of shape %s, image_shape of %d and block_shape of %d values do not fit: asked for "
        "are rank 3 and as many values, 1 to 3",
        x.ToString(), rank, block.size()));
  }
  Shape target{x[0], x[1]};
  for (const int64_t extent : image) target.Append(extent);
  compute::ConvTransposeParams params;
  CONVOY_ASSIGN_OR_RETURN(params.window, ReadWindow(node, target, block));
  CONVOY_RETURN_IF_ERROR(ValidateWindow(params.window, target));
  if (x[1] % params.window.taps() != 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%d values a column are not a multiple of the block's %d", x[1], params.window.taps()));
  }
  CONVOY_ASSIGN_OR_RETURN(const Shape grid,
                          SlideWindow("Col2Im", params.window, ImageDimsOf(target), x[1]));
  for (int axis = 3 - rank; axis < 3; ++axis) {
    const compute::Window& window = params.window;
    const int64_t padded =
        target[2 + axis - (3 - rank)] + window.pads_begin[axis] + window.pads_end[axis];
    params.output_padding[axis] = (padded - window.extent(axis)) % window.strides[axis];
  }
  params.group = x[1] / params.window.taps();
  CONVOY_ASSIGN_OR_RETURN(HostTensor weights, MakeScatterWeights(node, params.window, x[1]));
  const ValueId ones = node.AddConstant(std::move(weights));
  CONVOY_ASSIGN_OR_RETURN(const ValueId columns, node.Add(ReshapeParams{grid}, {node.input(0)}));
  return node.Finish(params, {columns, ones});
}

// A Pad that crops where the tensor is larger; the odd element goes to, or from, the end.
absl::Status ImportCenterCropPad(NodeImport& node) {
  const Shape x = node.shape(0);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> target, node.ConstantInts(1));
  std::vector<int64_t> axes = node.Ints("axes");
  if (axes.empty()) {
    axes.resize(static_cast<size_t>(x.rank()));
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (target.size() != axes.size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("shape has %d values where %d are asked for", target.size(), axes.size()));
  }
  compute::PadParams params;
  params.begins.assign(static_cast<size_t>(x.rank()), 0);
  params.ends = params.begins;
  for (size_t i = 0; i < axes.size(); ++i) {
    CONVOY_ASSIGN_OR_RETURN(const int axis, ResolveAxis(axes[i], x.rank()));
    if (target[i] < 1 || target[i] > compute::kMaxTensorElements) {
      return absl::InvalidArgumentError(
          absl::StrFormat("shape asks for an extent of %d", target[i]));
    }
    const int64_t more = target[i] - x[axis];
    params.begins[static_cast<size_t>(axis)] = more / 2;
    params.ends[static_cast<size_t>(axis)] = more - more / 2;
  }
  return node.Finish(std::move(params), {node.input(0)});
}

}  // namespace

std::span<const ImportRule> SampleRules() {
  static constexpr std::array kRules = {
      ImportRule{"GridSample", 2, 2, ImportGridSample},
      ImportRule{"AffineGrid", 2, 2, ImportAffineGrid},
      ImportRule{"RoiAlign", 3, 3, ImportRoiAlign},
      ImportRule{"MaxRoiPool", 2, 2, ImportMaxRoiPool},
      ImportRule{"DeformConv", 3, 5, ImportDeformConv},
      ImportRule{"Col2Im", 3, 3, ImportCol2Im},
      ImportRule{"CenterCropPad", 2, 2, ImportCenterCropPad},
  };
  return kRules;
}

}  // namespace convoy::models
