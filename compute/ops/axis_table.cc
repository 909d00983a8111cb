#include "compute/ops/axis_table.h"

#include "compute/ops/elements.h"

namespace convoy::compute {
namespace {

// One dimension of a tensor of shape `shape`, whose extent there becomes the table's size.
template <typename T>
std::vector<T> Along(const std::vector<T>& x, int axis, const AxisTable& table, T border,
                     Shape& shape) {
  int64_t inner = 1;
  for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  const int64_t block = shape[axis] * inner;
  shape[axis] = table.size();
  std::vector<T> y(static_cast<size_t>(shape.elements()), border);
  auto row = y.begin();
  for (auto from = x.begin(); row != y.end(); from += block) {
    for (int64_t i = 0; i < table.size(); ++i, row += inner) {
      const std::span<const AxisTap> taps = table.at(i);
      if (taps.size() == 1 && taps[0].index == kOutsideTap) continue;
      std::copy_n(from + taps[0].index * inner, inner, row);
      if constexpr (std::is_same_v<T, double>) {
        if (taps.size() == 1) continue;
        for (int64_t k = 0; k < inner; ++k) row[k] *= double{taps[0].weight};
        for (const AxisTap& tap : taps.subspan(1)) {
          for (int64_t k = 0; k < inner; ++k) {
            row[k] += double{tap.weight} * from[tap.index * inner + k];
          }
        }
      }
    }
  }
  return y;
}

template <typename T>
std::vector<T> AlongAll(std::vector<T> values, std::span<const AxisTable> tables, T border,
                        Shape shape) {
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (tables[axis].IsIdentity(shape[axis])) continue;
    values = Along(values, axis, tables[axis], border, shape);
  }
  return values;
}

}  // namespace

void Resample(std::span<const AxisTable> tables, double border, const TensorView& x,
              const MutableTensorView& y) {
  const bool moves = std::all_of(tables.begin(), tables.end(),
                                 [](const AxisTable& table) { return table.moves_only(); });
  if (!moves) {
    WriteElements(AlongAll(ReadElements<double>(x), tables, border, x.spec.shape), y);
    return;
  }
  VisitElements(x, [&]<typename T>(std::span<const T> values) {
    const std::vector<T> moved = AlongAll(std::vector<T>(values.begin(), values.end()), tables,
                                          CastElement<T>(border), x.spec.shape);
    std::copy(moved.begin(), moved.end(), y.data<T>().begin());
  });
}

}  // namespace convoy::compute
