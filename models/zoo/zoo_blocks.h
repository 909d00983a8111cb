// Groups of layers that several networks share. Names of the layers inside begin with `name`.
#pragma once

#include <cstdint>
#include <string>

#include "models/zoo/onnx_builder.h"

namespace convoy::models {

// Gamma of the last normalisation in a residual branch. Training finds small values there; with 1,
// sums of branches would double the variance block by block.
inline constexpr double kBranchScale = 0.25;

// `options` with these values where they are 0.
ZooOptions WithDefaults(ZooOptions options, int64_t size, int64_t width, int64_t classes);

// A paper's number of channels in proportion to the width of the first layer; at least 1.
int64_t Scaled(int64_t channels, int64_t width, int64_t paper_width);

// A convolution without bias, and the normalisation behind it.
ZooTensor ConvNorm(OnnxBuilder& net, const std::string& name, const ZooTensor& x, ConvLayer layer,
                   double scale = 1.0);
ZooTensor ConvNormRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                       const ConvLayer& layer);
// Older networks keep the bias that the normalisation makes needless.
ZooTensor ConvBiasNormRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                           const ConvLayer& layer);
ZooTensor ConvRelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                   const ConvLayer& layer);

// Every channel convolved by itself.
ConvLayer Depthwise(const ZooTensor& x, int64_t kernel, int64_t stride);

// x * sigmoid(x) (Ramachandran, Zoph, Le, arXiv 1710.05941), as exporters write it.
ZooTensor Swish(OnnxBuilder& net, const std::string& name, const ZooTensor& x);
// x * (1 + erf(x / sqrt(2))) / 2 (Hendrycks, Gimpel, arXiv 1606.08415), as exporters write it.
ZooTensor Gelu(OnnxBuilder& net, const std::string& name, const ZooTensor& x);

// Scales each channel by what a small network makes of all channels' means (Hu, Shen, Sun,
// "Squeeze-and-excitation networks", CVPR 2018). `hard` takes Relu and HardSigmoid, else Swish and
// Sigmoid.
ZooTensor SqueezeExcite(OnnxBuilder& net, const std::string& name, const ZooTensor& x,
                        int64_t squeezed, bool hard);
// About halves its input, so the layer behind it has this much more to make up for.
inline constexpr double kSqueezeExciteGain = 4.0;

// Mean over the extents and one dense layer: the usual end of a classifier.
ZooTensor PoolAndClassify(OnnxBuilder& net, const ZooTensor& x, int64_t classes);

}  // namespace convoy::models
