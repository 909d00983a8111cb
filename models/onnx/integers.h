// Short lists of integers that are known at import: shapes, axes, sizes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/onnx/node_import.h"

namespace convoy::models {

// Input i when it is a constant scalar or list of integers.
std::optional<std::vector<int64_t>> IntegersOf(const NodeImport& node, int i);

// Ends the node with a list of integers, or a scalar.
absl::Status FinishIntegers(NodeImport& node, std::span<const int64_t> values, bool scalar);

}  // namespace convoy::models
