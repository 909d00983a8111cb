#include <algorithm>
#include <span>
#include <string_view>

#include "compute/cpu/cpu_facts.h"
#include "compute/ops/gemm/dense.h"
#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

Dims WithLeadingOnes(Dims dims, size_t rank) {
  dims.insert(dims.begin(), rank - dims.size(), 1);
  return dims;
}

// Rows of any number of dimensions by a constant matrix: a dense layer (see dense.h on why).
absl::Status BuildDense(OnednnStepBuilder& builder) {
  const Dims x = builder.dims(0);
  const int64_t depth = builder.dims(1)[0];
  const int64_t columns = builder.dims(1)[1];
  int64_t rows = 1;
  for (size_t axis = 0; axis + 1 < x.size(); ++axis) rows *= x[axis];
  const DenseLayer layer{rows, depth, columns, {}};
  builder.Read(DNNL_ARG_SRC, 0, RowMajor(x));
  builder.ReadMade(1, "dense", DenseWeightCount(depth, columns),
                   [layer](const HostTensor& values, std::span<float> made) {
                     const DenseMatrix matrix{values.data<float>().data(), layer.columns, 1};
                     MakeDenseWeights(matrix, layer.depth, layer.columns, 1, made);
                   });
  builder.Write(RowMajor(builder.output_dims()));
  builder.ExecuteOwn(
      [layer](std::span<std::byte* const> operands) {
        const auto floats = [&](size_t i) { return reinterpret_cast<float*>(operands[i]); };
        RunDense(layer, floats(0), floats(1), nullptr, floats(2));
      },
      "dense:avx2", 0);
  return absl::OkStatus();
}

// Why it is not the better one here, as one clause; empty where it is.
std::string_view DenseObjection(const OnednnStepBuilder& builder) {
  if (builder.constant(1) == nullptr) return "the second operand is computed";
  if (builder.dims(1).size() != 2) return "the second operand is no matrix";
  if (!CpuRunsAvx2()) return "the processor has no AVX2 with FMA";
  if (!OnednnRunsAvx512() || builder.tuning().batch_invariant) return "";
  return "oneDNN's kernels for AVX-512 are faster";
}

}  // namespace

absl::Status BuildOnednn(const MatMulParams&, OnednnStepBuilder& builder) {
  const std::string_view objection = DenseObjection(builder);
  if (objection.empty()) {
    builder.Refuse("matmul", "by rule, behind dense where oneDNN has no AVX-512");
    return BuildDense(builder);
  }
  builder.Refuse("dense", objection);
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
