// The door to oneDNN's memory descriptions: how a tensor's elements lie in CPU memory. The rest of
// the CPU path names them Layout. Values; all functions are pure.
//
// oneDNN's kernels want their tensors channels-last or in blocks of channels; models want them row-
// major. A Layout says which, and a reorder turns one into another. Many layouts that are spelled
// differently are the same bytes ([N, C, 1, 1] channels-last and row-major, say): SameBytes sees
// that, oneDNN's operator== does not.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "oneapi/dnnl/dnnl.hpp"

namespace convoy::compute {

using Layout = dnnl::memory::desc;
using Dims = dnnl::memory::dims;

// The tensor's dimensions; {1} for a scalar, which oneDNN does not know.
Dims DimsOf(const Shape& shape);

// float32 layouts.
Layout RowMajor(const Dims& dims);
Layout AnyLayout(const Dims& dims);  // oneDNN chooses
Layout ChannelsLast(const Dims& dims);
// Blocks of 8 channels (nChw8c) of a 4-dimensional tensor.
Layout ChannelBlocks(const Dims& dims);
Layout Strided(const Dims& dims, const Dims& strides);
// Dense, the dimensions in the order in which they lie in `like`, which has as many and no blocks.
Layout InOrderOf(const Layout& like, const Dims& dims);

// The first of the rows along dimension 0, and `times` such tensors one behind the other, as one
// whose dimension 0 is longer. UNIMPLEMENTED where rows do not lie one behind the other.
absl::StatusOr<Layout> FirstRow(const Layout& layout);
absl::StatusOr<Layout> Repeated(const Layout& layout, int64_t times);

// Row-major memory of any tensor: bytes where oneDNN does not know the type or the rank.
Layout PlainLayout(const TensorSpec& spec);

bool IsRowMajor(const Layout& layout);
bool IsBlocked(const Layout& layout);
// Equal elements at equal addresses.
bool SameBytes(const Layout& a, const Layout& b);

// True for a tensor that oneDNN can hold: float32, not empty, at most kMaxOnednnRank dimensions.
inline constexpr int kMaxOnednnRank = 6;
bool OnednnTakes(const TensorSpec& spec);

}  // namespace convoy::compute
