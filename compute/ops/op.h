// The operators as one closed set: OpParams holds the parameters of any of them, and the functions
// below work on each.
//
// Every operator of op_table.def defines the overloads that CONVOY_OP declares here, in its own
// files; a missing one is a link error that names it. All are pure and thread-safe. Tensors are
// dense and row-major, float32 unless an operator says otherwise.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/ops/conv/conv.h"
#include "compute/ops/elementwise/activation.h"
#include "compute/ops/elementwise/binary.h"
#include "compute/ops/elementwise/cast.h"
#include "compute/ops/elementwise/unary.h"
#include "compute/ops/elementwise/where.h"
#include "compute/ops/gemm/gemm.h"
#include "compute/ops/gemm/matmul.h"
#include "compute/ops/move/concat.h"
#include "compute/ops/move/expand.h"
#include "compute/ops/move/gather.h"
#include "compute/ops/move/pad.h"
#include "compute/ops/move/reshape.h"
#include "compute/ops/move/scatter.h"
#include "compute/ops/move/slice.h"
#include "compute/ops/move/transpose.h"
#include "compute/ops/norm/batch_norm.h"
#include "compute/ops/norm/lrn.h"
#include "compute/ops/norm/normalize.h"
#include "compute/ops/op_types.h"
#include "compute/ops/pool/adaptive_pool.h"
#include "compute/ops/pool/global_pool.h"
#include "compute/ops/pool/max_unpool.h"
#include "compute/ops/pool/pool.h"
#include "compute/ops/reduce/arg_max.h"
#include "compute/ops/reduce/cum_sum.h"
#include "compute/ops/reduce/reduce.h"
#include "compute/ops/reduce/softmax.h"
#include "compute/ops/reduce/top_k.h"
#include "compute/ops/resize/resize.h"
#include "compute/ops/sample/deform_columns.h"
#include "compute/ops/sample/grid_sample.h"
#include "compute/ops/sample/max_roi_pool.h"
#include "compute/ops/sample/roi_align.h"
#include "compute/ops/upconv/conv_transpose.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// InferShapes: checks the inputs against the parameters and gives the outputs' specs.
// INVALID_ARGUMENT names the operator,
//   the given value and what is allowed. Output sizes are checked against overflow and
//   kMaxTensorElements.
// EstimateCost: of one execution; the inputs have passed InferShapes.
// RunReference: the textbook formula with double accumulators, by one thread. Inputs and outputs
// have passed InferShapes. AttributesOf: the parameters as text for dumps ("kernel=3x3 stride=2x2
// act=relu"), defaults left out.
#define CONVOY_OP(family, file, Name, cpu, vulkan)                                    \
  absl::StatusOr<TensorSpecs> InferShapes(const Name##Params& params,                 \
                                          std::span<const TensorSpec> inputs);        \
  OpCost EstimateCost(const Name##Params& params, std::span<const TensorSpec> inputs, \
                      std::span<const TensorSpec> outputs);                           \
  void RunReference(const Name##Params& params, std::span<const TensorView> inputs,   \
                    std::span<const MutableTensorView> outputs);                      \
  std::string AttributesOf(const Name##Params& params);
#include "compute/ops/op_table.def"
#undef CONVOY_OP

// 4 Gi elements: beyond it a size is an error in a model or a request, not a tensor to allocate.
inline constexpr int64_t kMaxTensorElements = int64_t{1} << 32;

// The last alternative is no operator: it closes the list that the table makes.
using OpParams = std::variant<
#define CONVOY_OP(family, file, Name, cpu, vulkan) Name##Params,
#include "compute/ops/op_table.def"
#undef CONVOY_OP
    std::monostate>;

// "Conv", "GlobalPool", ...
std::string_view OpName(const OpParams& op);

absl::StatusOr<TensorSpecs> InferShapes(const OpParams& op, std::span<const TensorSpec> inputs);
OpCost EstimateCost(const OpParams& op, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs);
void RunReference(const OpParams& op, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs);
std::string AttributesOf(const OpParams& op);

}  // namespace convoy::compute
