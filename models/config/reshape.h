// A config's `reshape`: requests and replies see one shape, the network another one of the same
// elements in the same order. All dims are without the batch. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/config/model_spec.h"

namespace convoy::models {

// Both have as many open dims, and as many elements before, between and behind those. `what` begins
// the message: "input 'x'".
absl::Status CheckReshape(const std::string& what, const std::vector<int64_t>& dims,
                          const std::vector<int64_t>& network_dims);

// What the network sees of a tensor that requests send as `dims`, and the way back. Nullopt for
// dims that are none of this tensor's.
std::optional<std::vector<int64_t>> ToNetworkDims(const TensorDeclaration& tensor,
                                                  const std::vector<int64_t>& dims);
std::optional<std::vector<int64_t>> FromNetworkDims(const TensorDeclaration& tensor,
                                                    const std::vector<int64_t>& network_dims);

// "[3,224,-1]", for messages.
std::string DimsText(const std::vector<int64_t>& dims);

}  // namespace convoy::models
