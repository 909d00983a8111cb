#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

template <typename Primitive>
typename Primitive::primitive_desc KernelFor(const SoftmaxParams& params, const Layout& source,
                                             const OnednnStepBuilder& builder) {
  return {{dnnl::prop_kind::forward_inference, source, params.axis},
          OnednnStepBuilder::Attributes(),
          builder.engine()};
}

template <typename Primitive>
absl::Status Build(const SoftmaxParams& params, OnednnStepBuilder& builder) {
  auto kernel = KernelFor<Primitive>(params, builder.layout(0), builder);
  if (IsPlainLoop(kernel)) {
    kernel = KernelFor<Primitive>(params, RowMajor(builder.dims(0)), builder);
  }
  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(Primitive(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildOnednn(const SoftmaxParams& params, OnednnStepBuilder& builder) {
  switch (params.kind) {
    case SoftmaxKind::kSoftmax:
      return Build<dnnl::softmax_forward>(params, builder);
    case SoftmaxKind::kLogSoftmax:
      return Build<dnnl::logsoftmax_forward>(params, builder);
    case SoftmaxKind::kHardmax:
      break;
  }
  return absl::UnimplementedError("oneDNN has no hardmax");
}

}  // namespace convoy::compute
