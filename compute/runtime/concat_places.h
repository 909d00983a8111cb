// Which values can be made at their place in a concatenation, so that it copies nothing.
//
// Channels in blocks are neighbouring runs of memory (of one sample, or of all where the batch lies
// inside a block): the inputs of a Concat along the channels are parts of its output, and a kernel
// may write such a part as well as memory of its own. Concatenations nest, and one whose inputs
// begin another's is the beginning of that one's output (DenseNet). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compute/plan/plan.h"

namespace convoy::compute {

struct ConcatPlace {
  int whole = -1;       // the value that this one is a part of
  int64_t channel = 0;  // where it begins

  friend bool operator==(const ConcatPlace&, const ConcatPlace&) = default;
};

using ConcatPlaces = std::vector<std::optional<ConcatPlace>>;  // by value

// Only [1, C, H, W] values with C a multiple of `block` have places.
ConcatPlaces FindConcatPlaces(const Plan& plan, int64_t block);

// Of tensors in channel quads (VulkanLayout::kC4), where the last part need not fill its quads.
ConcatPlaces FindQuadPlaces(const Plan& plan);

}  // namespace convoy::compute
