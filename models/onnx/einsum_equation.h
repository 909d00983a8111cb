// The equation of an Einsum, resolved against the ranks of its operands. Pure.
//
//   "bij,bjk->bik"     explicit: a label that the result lacks is summed over
//   "bij,bjk"          implicit: the result has the labels that occur once, in alphabetical order
//   "...ij->...ji"     "..." stands for all dimensions without a letter, aligned at the last
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::models {

using EinsumLabels =
    std::vector<int>;  // one a dimension: a letter, or a number from 256 on for "..."

struct EinsumEquation {
  std::vector<EinsumLabels> operands;
  EinsumLabels result;
};

// INVALID_ARGUMENT quotes the equation and says what is wrong with it.
absl::StatusOr<EinsumEquation> ParseEinsum(std::string_view equation,
                                           const std::vector<int>& ranks);

}  // namespace convoy::models
