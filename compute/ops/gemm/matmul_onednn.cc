#include <algorithm>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

Dims WithLeadingOnes(Dims dims, size_t rank) {
  dims.insert(dims.begin(), rank - dims.size(), 1);
  return dims;
}

}  // namespace

absl::Status BuildOnednn(const MatMulParams&, OnednnStepBuilder& builder) {
  Dims a = builder.dims(0);
  Dims b = builder.dims(1);
  Dims out = builder.output_dims();
  // A vector is a row on the left and a column on the right; the output lacks its dimension.
  if (a.size() == 1 && b.size() == 1) {
    out = {1, 1};
  } else if (a.size() == 1) {
    out.insert(out.end() - 1, 1);
  } else if (b.size() == 1) {
    out.push_back(1);
  }
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  const size_t rank = std::max(a.size(), b.size());
  a = WithLeadingOnes(a, rank);
  b = WithLeadingOnes(b, rank);

  const Layout weights = builder.constant(1) != nullptr ? AnyLayout(b) : RowMajor(b);
  const dnnl::matmul::primitive_desc kernel({RowMajor(a), weights, RowMajor(out)},
                                            OnednnStepBuilder::Attributes(), builder.engine());
  builder.ReadView(DNNL_ARG_SRC, 0, RowMajor(a), kernel.src_desc());
  builder.ReadView(DNNL_ARG_WEIGHTS, 1, RowMajor(b), kernel.weights_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::matmul(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
