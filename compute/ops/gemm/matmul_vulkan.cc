// Vulkan: row-major matrices with rows padded to whole vec4s, a tile of 4 x 8 an invocation. What
// is not padded already is padded first: a constant b on the host, else by a launch of its own.
#include <algorithm>

#include "compute/base/status.h"
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/sample_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/gemm/matmul.comp.
struct MatMulPush {
  int32_t count;
  int32_t rows;
  int32_t columns;
  int32_t depth;
  int32_t column_tiles;
  int32_t row_tiles;
  std::array<int32_t, 3> batch_extents;
  PackedDividers<5> dividers;
  std::array<int32_t, 4> a_strides;
  std::array<int32_t, 4> b_strides;
};

constexpr int kTileRows = 4;
constexpr int kTileColumns = 8;
constexpr int kMaxBatchDims = 4;

// A vector stands for a row (a) or a column (b).
Shape AsMatrices(const Shape& shape, bool row) {
  if (shape.rank() > 1) return shape;
  return row ? Shape{1, shape[0]} : Shape{shape[0], 1};
}

Shape BatchOf(const Shape& shape) { return Shape(shape.dims().first(shape.rank() - 2)); }

Shape BroadcastBatch(const Shape& a, const Shape& b) {
  Shape batch;
  const int rank = std::max(a.rank(), b.rank());
  for (int i = 0; i < rank; ++i) {
    const int in_a = i - (rank - a.rank());
    const int in_b = i - (rank - b.rank());
    batch.Append(std::max(in_a < 0 ? 1 : a[in_a], in_b < 0 ? 1 : b[in_b]));
  }
  return batch;
}

std::vector<float> PadRows(std::span<const float> values, int64_t columns) {
  const int64_t padded = RoundUp(columns, 4);
  const int64_t rows = static_cast<int64_t>(values.size()) / columns;
  std::vector<float> result(static_cast<size_t>(rows * padded));
  for (int64_t row = 0; row < rows; ++row) {
    std::copy_n(&values[row * columns], columns, &result[row * padded]);
  }
  return result;
}

// Input i with rows of whole vec4s.
absl::StatusOr<VulkanOperand> PaddedRows(int i, const Shape& matrices, VulkanStepBuilder& builder) {
  const int last = matrices.rank() - 1;
  const int64_t columns = matrices[last];
  if (const HostTensor* constant = builder.constant(i); i == 1 && constant != nullptr) {
    return builder.Weights(*constant, absl::StrFormat("rows of %d padded to vec4s", columns),
                           [&](std::span<const float> values) { return PadRows(values, columns); });
  }
  if (columns % 4 == 0) return builder.input_operand(i);
  AxisTable table;
  for (int64_t c = 0; c < RoundUp(columns, 4); ++c) table.AddMove(c < columns ? c : kOutsideTap);
  CONVOY_ASSIGN_OR_RETURN(const VulkanOperand padded,
                          builder.Scratch(matrices.elements() / columns * DivideUp(columns, 4)));
  CONVOY_RETURN_IF_ERROR(
      RecordAxisSample(table, matrices, last, 0, builder.input_operand(i), padded, builder));
  return padded;
}

// Strides of a and b over the batch, in vec4s.
StridedWalk BatchWalk(const Shape& a, const Shape& b) {
  const Shape batch = BroadcastBatch(BatchOf(a), BatchOf(b));
  StridedWalk walk{batch, BroadcastStrides(BatchOf(a), batch), BroadcastStrides(BatchOf(b), batch)};
  const int64_t a_size = a[a.rank() - 2] * DivideUp(a[a.rank() - 1], 4);
  const int64_t b_size = b[b.rank() - 2] * DivideUp(b[b.rank() - 1], 4);
  for (int64_t& stride : walk.strides0) stride *= a_size;
  for (int64_t& stride : walk.strides1) stride *= b_size;
  return Collapse(walk);
}

MatMulPush MakePush(const Shape& a, const Shape& b) {
  const StridedWalk batch = BatchWalk(a, b);
  const int64_t rows = a[a.rank() - 2];
  const int64_t columns = b[b.rank() - 1];
  const int64_t row_tiles = DivideUp(rows, kTileRows);
  const int64_t column_tiles = DivideUp(columns, kTileColumns);
  MatMulPush push{};
  push.count = static_cast<int32_t>(batch.extents.elements() * row_tiles * column_tiles);
  push.rows = static_cast<int32_t>(rows);
  push.columns = static_cast<int32_t>(columns);
  push.depth = static_cast<int32_t>(a[a.rank() - 1]);
  push.column_tiles = static_cast<int32_t>(column_tiles);
  push.row_tiles = static_cast<int32_t>(row_tiles);
  std::array<int64_t, 5> divisors{column_tiles, row_tiles, 1, 1, 1};
  push.batch_extents.fill(1);
  const int rank = batch.extents.rank();
  for (int i = 0; i < rank; ++i) {
    const int place = kMaxBatchDims - rank + i;
    if (place > 0) {
      push.batch_extents[place - 1] = static_cast<int32_t>(batch.extents[i]);
      divisors[5 - place] = batch.extents[i];
    }
    push.a_strides[place] = static_cast<int32_t>(batch.strides0[i]);
    push.b_strides[place] = static_cast<int32_t>(batch.strides1[i]);
  }
  push.dividers = PackDividers(divisors);
  return push;
}

}  // namespace

VulkanLayouts ChooseLayouts(const MatMulParams&, const VulkanStepShape& shape) {
  VulkanLayouts layouts = SameLayout(kLinearLayout, shape);
  if (shape.constant[1]) layouts.inputs[1] = VulkanLayouts::kHost;
  return layouts;
}

absl::Status RecordVulkan(const MatMulParams&, VulkanStepBuilder& builder) {
  Shape a = AsMatrices(builder.input(0).spec.shape, true);
  const Shape b = AsMatrices(builder.input(1).spec.shape, false);
  // One b for all: the rows of the whole batch are one matrix.
  if (BatchOf(b).elements() == 1) {
    const int64_t depth = a[a.rank() - 1];
    a = Shape{a.elements() / depth, depth};
  }
  VulkanDispatch dispatch;
  dispatch.shader = "gemm/matmul";
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[0], PaddedRows(0, a, builder));
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[1], PaddedRows(1, b, builder));
  dispatch.output = builder.output_operand(0);
  const MatMulPush push = MakePush(a, b);
  dispatch.groups = FlatGrid(push.count, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
