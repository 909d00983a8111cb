#include <algorithm>

#include "compute/ops/elements.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

double Sum(double a, double b) { return a + b; }
double Product(double a, double b) { return a * b; }
// Integers wrap around.
int64_t Sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
int64_t Product(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

template <typename T>
T Reduce(ScatterReduction reduction, T value, T update) {
  switch (reduction) {
    case ScatterReduction::kNone:
      return update;
    case ScatterReduction::kAdd:
      return Sum(value, update);
    case ScatterReduction::kMul:
      return Product(value, update);
    case ScatterReduction::kMin:
      return std::min(value, update);
    case ScatterReduction::kMax:
      return std::max(value, update);
  }
  return update;
}

// Where in data each update goes, in the order of the updates.
std::vector<int64_t> Targets(const ScatterParams& params, const Shape& data, const Shape& updates,
                             const TensorView& indices) {
  const std::vector<int64_t> values = ReadElements<int64_t>(indices);
  const Index strides = StridesOf(data);
  std::vector<int64_t> targets(static_cast<size_t>(updates.elements()), 0);
  if (params.kind == IndexKind::kElements) {
    Index at(static_cast<size_t>(updates.rank()), 0);
    for (size_t j = 0; j < targets.size(); ++j) {
      for (int i = 0; i < data.rank(); ++i) {
        targets[j] += (i == params.axis ? ClampIndex(values[j], data[i]) : at[i]) * strides[i];
      }
      NextIndex(updates, at);
    }
    return targets;
  }
  const int64_t named = indices.spec.shape[indices.spec.shape.rank() - 1];
  const int64_t run = strides[named - 1];  // elements that one tuple names
  for (size_t j = 0; j < targets.size(); ++j) {
    const int64_t tuple = static_cast<int64_t>(j) / run;
    targets[j] = static_cast<int64_t>(j) % run;
    for (int64_t i = 0; i < named; ++i) {
      targets[j] += ClampIndex(values[tuple * named + i], data[static_cast<int>(i)]) * strides[i];
    }
  }
  return targets;
}

template <typename T>
void Run(ScatterReduction reduction, const std::vector<int64_t>& targets,
         std::span<const TensorView> inputs, const MutableTensorView& output) {
  std::vector<T> y = ReadElements<T>(inputs[0]);
  const std::vector<T> updates = ReadElements<T>(inputs[2]);
  for (size_t j = 0; j < targets.size(); ++j) {
    y[targets[j]] = Reduce(reduction, y[targets[j]], updates[j]);
  }
  WriteElements(y, output);
}

}  // namespace

void RunReference(const ScatterParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const std::vector<int64_t> targets =
      Targets(params, inputs[0].spec.shape, inputs[2].spec.shape, inputs[1]);
  if (IsFloat(inputs[0].spec.dtype)) {
    Run<double>(params.reduction, targets, inputs, outputs[0]);
  } else {
    Run<int64_t>(params.reduction, targets, inputs, outputs[0]);
  }
}

}  // namespace convoy::compute
