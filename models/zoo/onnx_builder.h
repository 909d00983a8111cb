// Writes a CNN as an ONNX graph, layer by layer, with seeded random weights. It follows the
// extents, so that a network's file reads like the table in its paper. The same layers serve
// signals, images and volumes: kernels, strides and pads hold along every extent.
//
//   OnnxBuilder net("tiny", options);
//   ZooTensor x = net.Input(3, {32, 32});
//   x = net.Relu("relu1", net.Conv("conv1", x, {.channels = 16, .kernel = 3, .pad = 1}));
//   x = net.Dense("fc", net.Flatten("flatten", x), 10, kLinearGain);
//   return net.Finish(x);
//
// A layer that has nothing left to work on is remembered, and Finish returns that error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/zoo/onnx_writer.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

// A value of the graph, per image. Behind Flatten there are no extents, and `channels` counts the
// features; behind Transpose the fields stand for whatever dimensions came there.
struct ZooTensor {
  std::string name;
  int64_t channels = 0;
  std::vector<int64_t> extents;  // depth, height, width: as many as the network has
};

// Variance of a layer's weights times its fan-in: what keeps the variance behind the activation.
inline constexpr double kReluGain = 2.0;
inline constexpr double kLinearGain = 1.0;

struct ConvLayer {
  int64_t channels = 0;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t pad = 0;
  int64_t dilation = 1;
  int64_t groups = 1;
  bool bias = true;
  double gain = kReluGain;
};

struct UpConvLayer {
  int64_t channels = 0;
  int64_t kernel = 2;
  int64_t stride = 2;
  bool bias = true;
  bool bilinear = false;  // weights that interpolate each channel by itself, else random
};

struct PoolLayer {
  int64_t kernel = 2;
  int64_t stride = 2;
  int64_t pad = 0;
  bool ceil = false;
};

struct LrnLayer {
  int64_t size = 5;     // channels in a sum
  float alpha = 1e-4F;  // of the mean over `size` squares
  float beta = 0.75F;
  float bias = 1.0F;
};

class OnnxBuilder {
 public:
  OnnxBuilder(std::string_view name, const ZooOptions& options);

  // The graph's one input: "signal", "image" or "volume" by its extents.
  ZooTensor Input(int64_t channels, const std::vector<int64_t>& extents);

  ZooTensor Conv(std::string_view name, const ZooTensor& x, const ConvLayer& layer);
  ZooTensor UpConv(std::string_view name, const ZooTensor& x, const UpConvLayer& layer);
  ZooTensor Dense(std::string_view name, const ZooTensor& x, int64_t units,
                  double gain = kReluGain);
  // A dense layer along the last dimension: MatMul and Add.
  ZooTensor Linear(std::string_view name, const ZooTensor& x, int64_t units,
                   double gain = kReluGain);

  // Statistics as of inputs of variance near 1; `scale` multiplies gamma.
  ZooTensor BatchNorm(std::string_view name, const ZooTensor& x, double scale = 1.0);
  ZooTensor LayerNorm(std::string_view name, const ZooTensor& x);  // along the last dimension
  ZooTensor Lrn(std::string_view name, const ZooTensor& x, const LrnLayer& layer);

  // An operator of one input without attributes: Sigmoid, HardSwish, Erf, ...
  ZooTensor Unary(std::string_view op, std::string_view name, const ZooTensor& x);
  ZooTensor Relu(std::string_view name, const ZooTensor& x) { return Unary("Relu", name, x); }
  ZooTensor Tanh(std::string_view name, const ZooTensor& x) { return Unary("Tanh", name, x); }
  // Does nothing when serving.
  ZooTensor Dropout(std::string_view name, const ZooTensor& x) { return Unary("Dropout", name, x); }
  ZooTensor Clip(std::string_view name, const ZooTensor& x, float low, float high);
  ZooTensor HardSigmoid(std::string_view name, const ZooTensor& x);  // clip(x / 6 + 1/2, 0, 1)
  ZooTensor PRelu(std::string_view name, const ZooTensor& x);        // one slope a channel

  ZooTensor MaxPool(std::string_view name, const ZooTensor& x, const PoolLayer& layer);
  ZooTensor AveragePool(std::string_view name, const ZooTensor& x, const PoolLayer& layer);
  ZooTensor GlobalAveragePool(std::string_view name, const ZooTensor& x);
  // Windows of 2, and where in `x` each maximum lay; MaxUnpool puts values back there.
  std::pair<ZooTensor, ZooTensor> MaxPoolIndices(std::string_view name, const ZooTensor& x);
  ZooTensor MaxUnpool(std::string_view name, const ZooTensor& x, const ZooTensor& indices);
  ZooTensor ChannelMean(std::string_view name, const ZooTensor& x);

  // Of equal shapes, but for single channels and extents, which are repeated.
  ZooTensor Binary(std::string_view op, std::string_view name, const ZooTensor& a,
                   const ZooTensor& b);
  ZooTensor Add(std::string_view name, const ZooTensor& a, const ZooTensor& b) {
    return Binary("Add", name, a, b);
  }
  ZooTensor Mul(std::string_view name, const ZooTensor& a, const ZooTensor& b) {
    return Binary("Mul", name, a, b);
  }
  // Each value with one number of the formula, which counts as no parameter.
  ZooTensor WithNumber(std::string_view op, std::string_view name, const ZooTensor& x, float value);
  // Each channel with one trained number between `low` and `high`.
  ZooTensor WithParameter(std::string_view op, std::string_view name, const ZooTensor& x,
                          double low, double high);

  ZooTensor Concat(std::string_view name, const std::vector<ZooTensor>& parts);  // channels
  std::pair<ZooTensor, ZooTensor> SplitChannels(std::string_view name, const ZooTensor& x);
  ZooTensor Flatten(std::string_view name, const ZooTensor& x);
  // `dims` without the batch.
  ZooTensor Reshape(std::string_view name, const ZooTensor& x, const std::vector<int64_t>& dims);
  // `order` of the dimensions, the batch (0) first.
  ZooTensor Transpose(std::string_view name, const ZooTensor& x, const std::vector<int64_t>& order);
  ZooTensor Pad(std::string_view name, const ZooTensor& x, int64_t begin, int64_t end);  // by zeros
  // `extents` of `x`, from `offset` on along each.
  ZooTensor Crop(std::string_view name, const ZooTensor& x, int64_t offset,
                 const std::vector<int64_t>& extents);
  // Linear interpolation between pixel centres; the new shape is computed in the graph, as
  // exporters write it for models of any batch.
  ZooTensor Resize(std::string_view name, const ZooTensor& x, const std::vector<int64_t>& extents);

  // Makes `x` the graph's output, behind a softmax over the channels where the options ask for it,
  // and returns the serialised model.
  absl::StatusOr<std::string> Finish(const ZooTensor& x);

 private:
  ZooTensor Pool(std::string_view op, std::string_view name, const ZooTensor& x,
                 const PoolLayer& layer);
  // Remembers the first problem.
  void Require(bool holds, std::string_view name, const ZooTensor& x, std::string_view problem);

  ZooOptions options_;
  absl::Status first_problem_;
  OnnxWriter writer_;
};

}  // namespace convoy::models
