#include <utility>

#include "compute/base/status.h"
#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

using Flags = dnnl::normalization_flags;

Flags FlagsOf(const NormalizeParams& params) {
  Flags flags = Flags::none;
  if (params.has_scale) flags = flags | Flags::use_scale;
  if (params.has_bias) flags = flags | Flags::use_shift;
  return flags;
}

// Whether scale and bias, where there are any, repeat over x as `wanted` says.
bool RepeatAs(const Affine& wanted, const Shape& x, const OnednnStepBuilder& builder) {
  for (int i = 1; i < builder.inputs(); ++i) {
    const Dims dims = builder.dims(i);
    const auto affine = AffineOf(Shape(std::span<const int64_t>(dims)), x);
    if (!affine.ok() || *affine != wanted) return false;
  }
  return true;
}

// The sets are rows of a matrix, with a scale and a bias for every column.
absl::Status BuildRows(const NormalizeParams& params, int64_t sets, int64_t extent,
                       OnednnStepBuilder& builder) {
  const dnnl::layer_normalization_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, RowMajor({sets, extent}), params.epsilon,
       FlagsOf(params)},
      OnednnStepBuilder::Attributes(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  const Layout row = RowMajor({extent});
  if (params.has_scale) builder.Read(DNNL_ARG_SCALE, 1, row);
  if (params.has_bias) builder.Read(DNNL_ARG_SHIFT, params.bias_input(), row);
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::layer_normalization_forward(kernel), kernel);
  return absl::OkStatus();
}

// The sets are the channels of one sample: a batch normalisation that measures. Each sample repeats
// the factors of its channels.
absl::Status BuildChannels(const NormalizeParams& params, int64_t sets, int64_t extent,
                           OnednnStepBuilder& builder) {
  const dnnl::batch_normalization_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, RowMajor({1, sets, extent}), params.epsilon,
       FlagsOf(params)},
      OnednnStepBuilder::Attributes(), builder.engine());
  const Layout row = RowMajor({sets});
  for (int i = 1; i < builder.inputs(); ++i) {
    if (builder.constant(i) == nullptr) {
      return absl::UnimplementedError("computed factors cannot be repeated for oneDNN");
    }
    const std::span<const float> given = builder.constant(i)->data<float>();
    HostTensor repeated(TensorSpec{DType::kFloat32, Shape{sets}});
    for (size_t k = 0; k < repeated.data<float>().size(); ++k) {
      repeated.mutable_data<float>()[k] = given[k % given.size()];
    }
    const bool is_scale = params.has_scale && i == 1;
    builder.ReadPacked(is_scale ? DNNL_ARG_SCALE : DNNL_ARG_SHIFT, std::move(repeated), row, row);
  }
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::batch_normalization_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildOnednn(const NormalizeParams& params, OnednnStepBuilder& builder) {
  if (params.kind != NormalizeKind::kMeanVariance) {
    return absl::UnimplementedError("oneDNN normalises around the mean only");
  }
  const Dims dims = builder.dims(0);
  const Shape x{std::span<const int64_t>(dims)};
  const int64_t extent = SetExtent(params, x);
  const int64_t sets = x.elements() / extent;
  if (params.groups == 1 && RepeatAs({1, extent}, x, builder)) {
    return BuildRows(params, sets, extent, builder);
  }
  if (params.groups == dims[params.axis] && RepeatAs({extent, params.groups}, x, builder)) {
    return BuildChannels(params, sets, extent, builder);
  }
  return absl::UnimplementedError("oneDNN scales single elements or whole sets");
}

}  // namespace convoy::compute
