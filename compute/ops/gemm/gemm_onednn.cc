#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/ops/gemm/dense.h"
#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

// The matrix as stored, or seen transposed.
Layout MatrixView(const Dims& stored, bool transposed) {
  if (!transposed) return RowMajor(stored);
  return Strided({stored[1], stored[0]}, {1, stored[1]});
}

HostTensor Scaled(const HostTensor& values, float factor) {
  HostTensor scaled(values.spec());
  const std::span<const float> from = values.data<float>();
  const std::span<float> to = scaled.mutable_data<float>();
  for (size_t i = 0; i < from.size(); ++i) to[i] = from[i] * factor;
  return scaled;
}

// c as one value a column, times beta; nullopt where it varies from row to row or is no weight.
std::optional<HostTensor> BiasRow(const GemmParams& params, const OnednnStepBuilder& builder) {
  const HostTensor* bias = builder.constant(2);
  const int64_t columns = builder.output_dims()[1];
  const Dims dims = builder.dims(2);
  if (bias == nullptr || (dims.size() == 2 && dims[0] != 1)) return std::nullopt;
  const std::span<const float> from = bias->data<float>();
  HostTensor row(TensorSpec{DType::kFloat32, {columns}});
  const std::span<float> to = row.mutable_data<float>();
  for (size_t i = 0; i < to.size(); ++i) {
    to[i] = params.beta * from[from.size() == 1 ? 0 : i];
  }
  return row;
}

// The dense layer: weights and bias are constants, alpha and beta are folded into them.
absl::Status BuildInnerProduct(const GemmParams& params, std::optional<HostTensor> bias_row,
                               OnednnStepBuilder& builder) {
  // oneDNN's weights are [N, K].
  const Layout weights = MatrixView(builder.dims(1), !params.trans_b);
  const Layout bias = bias_row.has_value() ? RowMajor({builder.output_dims()[1]}) : Layout();
  dnnl::post_ops post_ops;
  AppendActivation(params.activation, post_ops);
  const dnnl::inner_product_forward::primitive_desc kernel(
      {dnnl::prop_kind::forward_inference, AnyLayout(builder.dims(0)), AnyLayout(weights.dims()),
       bias, AnyLayout(builder.output_dims())},
      OnednnStepBuilder::Attributes(post_ops), builder.engine());

  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  if (params.alpha == 1) {
    builder.ReadView(DNNL_ARG_WEIGHTS, 1, weights, kernel.weights_desc());
  } else {
    builder.ReadPacked(DNNL_ARG_WEIGHTS, Scaled(*builder.constant(1), params.alpha), weights,
                       kernel.weights_desc());
  }
  if (bias_row.has_value()) {
    builder.ReadPacked(DNNL_ARG_BIAS, *std::move(bias_row), bias, bias);
  }
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::inner_product_forward(kernel), kernel);
  return absl::OkStatus();
}

// Why our own kernel is not the better one here, as one clause; empty where it is.
std::string_view OwnDenseObjection(const OnednnStepBuilder& builder) {
  if (!CpuRunsAvx2()) return "the processor has no AVX2 with FMA";
  if (!OnednnRunsAvx512() || builder.tuning().batch_invariant) return "";
  return "oneDNN's kernels for AVX-512 are faster";
}

// The same by our own kernel, where oneDNN has none for AVX-512 (see dense.h).
absl::Status BuildDense(const GemmParams& params, std::optional<HostTensor> bias_row,
                        OnednnStepBuilder& builder) {
  const Dims x = builder.dims(0);
  const Dims stored = builder.dims(1);
  const DenseLayer layer{x[0], x[1], builder.output_dims()[1], params.activation};
  builder.Read(DNNL_ARG_SRC, 0, RowMajor(x));
  builder.ReadMade(1, absl::StrFormat("dense %d %a", params.trans_b, params.alpha),
                   DenseWeightCount(layer.depth, layer.columns),
                   [layer, stored, params](const HostTensor& values, std::span<float> made) {
                     DenseMatrix matrix{values.data<float>().data(), stored[1], 1};
                     if (params.trans_b) std::swap(matrix.depth_stride, matrix.column_stride);
                     MakeDenseWeights(matrix, layer.depth, layer.columns, params.alpha, made);
                   });
  const bool has_bias = bias_row.has_value();
  const Layout row = RowMajor({layer.columns});
  if (has_bias) builder.ReadPacked(DNNL_ARG_BIAS, *std::move(bias_row), row, row);
  builder.Write(RowMajor(builder.output_dims()));
  builder.ExecuteOwn(
      [layer, has_bias](std::span<std::byte* const> operands) {
        const auto floats = [&](size_t i) { return reinterpret_cast<float*>(operands[i]); };
        RunDense(layer, floats(0), floats(1), has_bias ? floats(2) : nullptr,
                 floats(has_bias ? 3 : 2));
      },
      "dense:avx2", 0);
  return absl::OkStatus();
}

// Any two matrices. The post-ops scale the product by alpha, then add c.
absl::Status BuildMatMul(const GemmParams& params, OnednnStepBuilder& builder) {
  if (params.has_bias && params.beta != 1) {
    return absl::UnimplementedError("oneDNN does not scale what it adds");
  }
  const Layout a = MatrixView(builder.dims(0), params.trans_a);
  const Layout b = MatrixView(builder.dims(1), params.trans_b);
  const Dims out = builder.output_dims();
  dnnl::post_ops post_ops;
  if (params.alpha != 1) {
    post_ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_linear, params.alpha, 0.0F);
  }
  Dims bias = params.has_bias ? builder.dims(2) : Dims();
  bias.insert(bias.begin(), 2 - bias.size(), 1);
  const int bias_index = post_ops.len();
  if (params.has_bias) {
    post_ops.append_binary(dnnl::algorithm::binary_add, RowMajor(bias));
  }
  AppendActivation(params.activation, post_ops);
  const dnnl::matmul::primitive_desc kernel(
      {a, b, RowMajor(out)}, OnednnStepBuilder::Attributes(post_ops), builder.engine());

  builder.ReadView(DNNL_ARG_SRC, 0, a, a);
  builder.ReadView(DNNL_ARG_WEIGHTS, 1, b, b);
  if (params.has_bias) {
    builder.ReadView(DNNL_ARG_ATTR_MULTIPLE_POST_OP(bias_index) | DNNL_ARG_SRC_1, 2, RowMajor(bias),
                     RowMajor(bias));
  }
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::matmul(kernel), kernel);
  return absl::OkStatus();
}

// Why the step is no dense layer, as one clause; empty where it is one.
std::string_view DenseObjection(const GemmParams& params, const OnednnStepBuilder& builder,
                                bool has_bias_row) {
  if (builder.constant(1) == nullptr) return "the weights are computed";
  if (params.trans_a) return "the first matrix is transposed";
  if (!params.has_bias || has_bias_row) return "";
  return "the bias is computed or differs from row to row";
}

}  // namespace

absl::Status BuildOnednn(const GemmParams& params, OnednnStepBuilder& builder) {
  std::optional<HostTensor> bias_row;
  if (params.has_bias) bias_row = BiasRow(params, builder);
  const std::string_view objection = DenseObjection(params, builder, bias_row.has_value());
  if (!objection.empty()) {
    builder.Refuse("dense", objection);
    builder.Refuse("inner_product", objection);
    return BuildMatMul(params, builder);
  }
  builder.Refuse("matmul", "by rule, for what is no dense layer of constant weights");
  const std::string_view ours = OwnDenseObjection(builder);
  if (ours.empty()) {
    builder.Refuse("inner_product", "by rule, behind dense where oneDNN has no AVX-512");
    return BuildDense(params, std::move(bias_row), builder);
  }
  builder.Refuse("dense", ours);
  return BuildInnerProduct(params, std::move(bias_row), builder);
}

}  // namespace convoy::compute
