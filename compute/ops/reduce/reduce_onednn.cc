#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

absl::StatusOr<dnnl::algorithm> AlgorithmOf(const ReduceParams& params) {
  switch (params.kind) {
    case ReduceKind::kSum:
      return dnnl::algorithm::reduction_sum;
    case ReduceKind::kMean:
      return dnnl::algorithm::reduction_mean;
    case ReduceKind::kMax:
      return dnnl::algorithm::reduction_max;
    case ReduceKind::kMin:
      return dnnl::algorithm::reduction_min;
    case ReduceKind::kProd:
      return dnnl::algorithm::reduction_mul;
    case ReduceKind::kLp:
      return dnnl::algorithm::reduction_norm_lp_sum;
    case ReduceKind::kSumSquare:
      return dnnl::algorithm::reduction_norm_lp_power_p_sum;
    default:
      return absl::UnimplementedError("oneDNN has no logarithms of sums");
  }
}

}  // namespace

absl::Status BuildOnednn(const ReduceParams& params, OnednnStepBuilder& builder) {
  const absl::StatusOr<dnnl::algorithm> algorithm = AlgorithmOf(params);
  if (!algorithm.ok()) return algorithm.status();
  if (params.axes.empty()) return absl::UnimplementedError("oneDNN reduces at least one dimension");
  const Layout source = RowMajor(builder.dims(0));
  Dims dims = builder.dims(0);
  for (const int axis : params.axes) dims[static_cast<size_t>(axis)] = 1;
  const float power = params.kind == ReduceKind::kLp ? static_cast<float>(params.p) : 2;
  const dnnl::reduction::primitive_desc kernel({*algorithm, source, RowMajor(dims), power, 0},
                                               OnednnStepBuilder::Attributes(), builder.engine());
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::reduction(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
