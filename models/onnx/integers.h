// Shape arithmetic. Exporters compute the shapes of Reshape and Resize inside the graph (Shape,
// Gather, Concat, Mul, ...); with concrete input shapes all of it is known at import, on short
// lists of integers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compute/ops/elementwise/binary.h"
#include "models/onnx/node_import.h"

namespace convoy::models {

// Input i when it is a constant scalar or list of integers.
std::optional<std::vector<int64_t>> IntegersOf(const NodeImport& node, int i);

// Ends the node with a list of integers, or a scalar.
absl::Status FinishIntegers(NodeImport& node, std::span<const int64_t> values, bool scalar);

// Computes a op b when both are integers of equal length or one is a single number. False when
// they are not, or when the result overflows or divides by 0.
bool FoldIntegers(NodeImport& node, compute::BinaryKind kind);

}  // namespace convoy::models
