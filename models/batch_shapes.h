// What a spec and a graph say about batches and shapes: buckets, input shapes for a bucket,
// outputs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "compute/tensor/shape.h"
#include "models/config/model_spec.h"
#include "models/graph/graph.h"
#include "models/model.h"

namespace convoy::models {

// 1, 2, 4, ... below `largest`, then `largest`; {1} for 0, which stands for no batch dimension.
std::vector<int64_t> BucketsUpTo(int64_t largest);

// The inputs' shapes as the network sees them for `rows` rows, with `open` in place of dimensions
// that requests choose.
std::vector<compute::Shape> InputShapes(const ModelSpec& spec, int64_t rows, int64_t open);

bool HasFixedInputs(const ModelSpec& spec);

// The shapes known before the first request: all inputs are fixed, or the image settings say the
// size. Nullopt otherwise.
std::optional<std::vector<compute::Shape>> KnownShapes(const ModelSpec& spec, int64_t rows);

// Between the shapes of requests and replies and those of the network, where the config reshapes;
// the batch dimension stays.
compute::Shape ToNetworkShape(const TensorDeclaration& tensor, const compute::Shape& shape,
                              bool batched);
compute::Shape FromNetworkShape(const TensorDeclaration& tensor, const compute::Shape& shape,
                                bool batched);

// Every output has `rows` rows (dimension 0).
bool CarriesBatch(const Graph& graph, int64_t rows);

// False when output 0 is a probability already: the last operator before it, reshapes apart, is a
// softmax or a sigmoid.
bool EndsInLogits(const Graph& graph);

// Fills in the outputs' dims from a graph; `exact` says that they hold for every request.
// INVALID_ARGUMENT where an output is not what the config reshapes from.
absl::Status RefineOutputs(const Graph& graph, bool exact, ModelSpec& spec);

// The items agree in every dimension but the batch and have at most `most_rows` rows together.
absl::Status CheckBatch(const ModelSpec& spec, int64_t most_rows, std::span<const BatchItem> items);

}  // namespace convoy::models
