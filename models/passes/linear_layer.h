// Conv, ConvTranspose and Gemm seen as one thing: weights with one scale an output channel, and a
// bias. What the passes that fold into them share.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "models/graph/graph.h"
#include "models/graph/uses.h"

namespace convoy::models {

// A node whose result is a linear map plus bias, with constant weights and bias and nothing behind
// (no residual, no activation). Points into the graph.
struct LinearLayer {
  Node* node = nullptr;
  int64_t channels = 0;
};

// Nullopt when `node` is something else, or its weights are computed.
std::optional<LinearLayer> AsLinearLayer(Graph& graph, Node& node);

// The bias with one value a channel; zeros where there is none.
std::vector<double> BiasOf(const Graph& graph, const LinearLayer& layer);
void SetBias(Graph& graph, LinearLayer& layer, std::span<const double> bias);

// Multiplies the weights of each output channel by its scale, in double precision.
void ScaleWeights(Graph& graph, LinearLayer& layer, std::span<const double> scales);

}  // namespace convoy::models
