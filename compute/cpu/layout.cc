#include "compute/cpu/layout.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace convoy::compute {
namespace {

constexpr auto kFloat = dnnl::memory::data_type::f32;

Dims RowMajorStrides(std::span<const int64_t> dims) {
  Dims strides(dims.size(), 1);
  for (int axis = static_cast<int>(dims.size()) - 2; axis >= 0; --axis) {
    strides[axis] = strides[axis + 1] * dims[axis + 1];
  }
  return strides;
}

bool IsPadded(const dnnl_memory_desc_t& data) {
  return !std::equal(data.dims, data.dims + data.ndims, data.padded_dims) || data.offset0 != 0;
}

// One loop over memory that a dimension is split into: a blocked dimension has several.
struct Level {
  int axis;
  int64_t extent;
  int64_t stride;

  friend bool operator==(const Level&, const Level&) = default;
};

// The loops of a layout, outermost first within each dimension; those of extent 1 are left out, for
// their strides say nothing.
std::vector<Level> LevelsOf(const dnnl_memory_desc_t& data) {
  const dnnl_blocking_desc_t& blocking = data.format_desc.blocking;
  std::vector<Level> levels;
  for (int axis = 0; axis < data.ndims; ++axis) {
    int64_t block = 1;
    int64_t stride = 1;
    std::vector<Level> inner;
    for (int i = blocking.inner_nblks - 1; i >= 0; --i) {
      if (blocking.inner_idxs[i] == axis) {
        inner.push_back({axis, blocking.inner_blks[i], stride});
        block *= blocking.inner_blks[i];
      }
      stride *= blocking.inner_blks[i];
    }
    levels.push_back({axis, data.padded_dims[axis] / block, blocking.strides[axis]});
    levels.insert(levels.end(), inner.rbegin(), inner.rend());
  }
  std::erase_if(levels, [](const Level& level) { return level.extent == 1; });
  return levels;
}

bool IsStrided(const dnnl_memory_desc_t& data) {
  return data.format_kind == dnnl_blocked && data.extra.flags == dnnl_memory_extra_flag_none;
}

// With `extent` rows along dimension 0.
absl::StatusOr<Layout> WithExtent(const Layout& layout, int64_t extent) {
  const dnnl_memory_desc_t& data = layout.data;
  const dnnl_blocking_desc_t& blocking = data.format_desc.blocking;
  const auto* const blocked_end = blocking.inner_idxs + blocking.inner_nblks;
  Layout changed = layout;
  if (IsStrided(data) && data.offset0 == 0 && data.dims[0] == data.padded_dims[0] &&
      std::find(blocking.inner_idxs, blocked_end, 0) == blocked_end) {
    changed.data.dims[0] = changed.data.padded_dims[0] = 1;
    const size_t row_bytes = static_cast<size_t>(blocking.strides[0]) * sizeof(float);
    const bool apart = changed.get_size() == row_bytes;
    changed.data.dims[0] = changed.data.padded_dims[0] = extent;
    if (apart) return changed;
  }
  return absl::UnimplementedError("the rows of the batch do not lie one behind the other");
}

}  // namespace

Dims DimsOf(const Shape& shape) {
  if (shape.rank() == 0) return {1};
  return Dims(shape.dims().begin(), shape.dims().end());
}

Layout RowMajor(const Dims& dims) { return Layout(dims, kFloat, RowMajorStrides(dims)); }

Layout AnyLayout(const Dims& dims) { return Layout(dims, kFloat, dnnl::memory::format_tag::any); }

Layout ChannelsLast(const Dims& dims) {
  Dims moved(dims.begin(), dims.end());
  std::rotate(moved.begin() + 1, moved.begin() + 2, moved.end());
  Dims strides = RowMajorStrides(moved);
  std::rotate(strides.begin() + 1, strides.end() - 1, strides.end());
  return Layout(dims, kFloat, strides);
}

Layout ChannelBlocks(const Dims& dims) {
  return Layout(dims, kFloat, dnnl::memory::format_tag::nChw8c);
}

Layout Strided(const Dims& dims, const Dims& strides) { return Layout(dims, kFloat, strides); }

Layout InOrderOf(const Layout& like, const Dims& dims) {
  if (like.dims() == dims) return like;
  const int64_t* like_strides = like.data.format_desc.blocking.strides;
  std::vector<int> innermost_first(dims.size());
  std::iota(innermost_first.begin(), innermost_first.end(), 0);
  std::sort(innermost_first.begin(), innermost_first.end(), [&](int a, int b) {
    // Equal strides mean an extent of 1 in `like`: the row-major order decides.
    return std::pair(like_strides[a], -a) < std::pair(like_strides[b], -b);
  });
  Dims strides(dims.size(), 1);
  int64_t stride = 1;
  for (const int axis : innermost_first) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return Layout(dims, kFloat, strides);
}

absl::StatusOr<Layout> FirstRow(const Layout& layout) { return WithExtent(layout, 1); }

absl::StatusOr<Layout> Repeated(const Layout& layout, int64_t times) {
  return WithExtent(layout, layout.data.dims[0] * times);
}

Layout PlainLayout(const TensorSpec& spec) {
  if (OnednnTakes(spec)) return RowMajor(DimsOf(spec.shape));
  return Layout({std::max<int64_t>(spec.bytes(), 1)}, dnnl::memory::data_type::u8,
                dnnl::memory::format_tag::a);
}

bool IsRowMajor(const Layout& layout) {
  const dnnl_memory_desc_t& data = layout.data;
  if (!IsStrided(data) || IsPadded(data)) return false;
  const Dims row_major = RowMajorStrides({data.dims, static_cast<size_t>(data.ndims)});
  // Within a dimension the levels must nest, the innermost at the dimension's row-major stride.
  const std::vector<Level> levels = LevelsOf(data);
  int axis = -1;
  int64_t expected = 0;
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    if (level->axis != axis) {
      axis = level->axis;
      expected = row_major[axis];
    }
    if (level->stride != expected) return false;
    expected *= level->extent;
  }
  return true;
}

bool IsBlocked(const Layout& layout) {
  return layout.data.format_kind != dnnl_blocked ||
         layout.data.format_desc.blocking.inner_nblks != 0;
}

bool SameBytes(const Layout& a, const Layout& b) {
  if (a == b) return true;
  if (a.data.data_type != b.data.data_type) return false;
  if (IsRowMajor(a) && IsRowMajor(b)) return a.get_size() == b.get_size();
  return a.dims() == b.dims() && IsStrided(a.data) && IsStrided(b.data) && !IsPadded(a.data) &&
         !IsPadded(b.data) && LevelsOf(a.data) == LevelsOf(b.data);
}

bool OnednnTakes(const TensorSpec& spec) {
  return spec.dtype == DType::kFloat32 && spec.shape.rank() <= kMaxOnednnRank &&
         spec.elements() > 0;
}

}  // namespace convoy::compute
