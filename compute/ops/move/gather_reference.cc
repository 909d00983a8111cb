#include "compute/ops/elements.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

struct Indices {
  Shape shape;
  Index strides;
  std::vector<int64_t> values;
};

// The coordinates in data of element `at` of y.
Index SourceOf(const GatherParams& params, const Shape& data, const Indices& indices,
               const Index& at) {
  Index source(static_cast<size_t>(data.rank()), 0);
  const int q = indices.shape.rank();
  int64_t place = 0;  // in indices
  if (params.kind == IndexKind::kTuples) {
    const int named = static_cast<int>(indices.shape[q - 1]);
    for (int i = 0; i < q - 1; ++i) place += at[i] * indices.strides[i];
    for (int i = 0; i < params.batch_dims; ++i) source[i] = at[i];
    for (int i = 0; i < named; ++i) {
      const int axis = params.batch_dims + i;
      source[axis] = ClampIndex(indices.values[place + i], data[axis]);
    }
    const int behind = params.batch_dims + named;
    for (int i = behind; i < data.rank(); ++i) source[i] = at[q - 1 + i - behind];
    return source;
  }
  const bool elements = params.kind == IndexKind::kElements;
  const int first = elements ? 0 : params.axis;  // the coordinates in indices are a run of `at`
  for (int i = 0; i < q; ++i) place += at[first + i] * indices.strides[i];
  for (int i = 0; i < data.rank(); ++i) {
    if (i != params.axis) source[i] = at[elements || i < params.axis ? i : i + q - 1];
  }
  source[params.axis] = ClampIndex(indices.values[place], data[params.axis]);
  return source;
}

}  // namespace

void RunReference(const GatherParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& data = inputs[0].spec.shape;
  const Shape& y_shape = outputs[0].spec.shape;
  const Index strides = StridesOf(data);
  const Indices indices{inputs[1].spec.shape, StridesOf(inputs[1].spec.shape),
                        ReadElements<int64_t>(inputs[1])};
  VisitWidth(outputs[0].spec.dtype, [&]<typename Word>() {
    const std::span<const Word> x = inputs[0].data<Word>();
    Index at(static_cast<size_t>(y_shape.rank()), 0);
    for (Word& y : outputs[0].data<Word>()) {
      const Index source = SourceOf(params, data, indices, at);
      int64_t offset = 0;
      for (int i = 0; i < data.rank(); ++i) offset += source[i] * strides[i];
      y = x[offset];
      NextIndex(y_shape, at);
    }
  });
}

}  // namespace convoy::compute
