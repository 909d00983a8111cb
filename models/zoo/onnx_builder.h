// Writes a CNN as an ONNX graph, layer by layer, with seeded random weights. It follows the
// extents, so that a network's file reads like the table in its paper.
//
//   OnnxBuilder net("tiny", options);
//   ZooTensor x = net.Input(3, 32, 32);
//   x = net.Relu("relu1", net.Conv("conv1", x, {.channels = 16, .kernel = 3, .pad = 1}));
//   x = net.Dense("fc", net.Flatten("flatten", x), 10, kLinearGain);
//   return net.Finish(x);
//
// A layer that has nothing left to work on is remembered, and Finish returns that error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"
#include "onnx/onnx.pb.h"

namespace convoy::models {

// A value of the graph, per image. Behind Flatten `channels` counts the features.
struct ZooTensor {
  std::string name;
  int64_t channels = 0;
  int64_t height = 1;
  int64_t width = 1;
};

// Variance of a layer's weights times its fan-in: what keeps the variance behind the activation.
inline constexpr double kReluGain = 2.0;
inline constexpr double kLinearGain = 1.0;

struct ConvLayer {
  int64_t channels = 0;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t pad = 0;
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

class OnnxBuilder {
 public:
  OnnxBuilder(std::string_view name, const ZooOptions& options);

  // The graph's one input, "image".
  ZooTensor Input(int64_t channels, int64_t height, int64_t width);

  ZooTensor Conv(std::string_view name, const ZooTensor& x, const ConvLayer& layer);
  ZooTensor UpConv(std::string_view name, const ZooTensor& x, const UpConvLayer& layer);
  // Statistics as of inputs of variance near 1; `scale` multiplies gamma.
  ZooTensor BatchNorm(std::string_view name, const ZooTensor& x, double scale = 1.0);
  ZooTensor Dense(std::string_view name, const ZooTensor& x, int64_t units,
                  double gain = kReluGain);

  ZooTensor Relu(std::string_view name, const ZooTensor& x);
  ZooTensor Tanh(std::string_view name, const ZooTensor& x);
  ZooTensor Dropout(std::string_view name, const ZooTensor& x);  // does nothing when serving
  ZooTensor MaxPool(std::string_view name, const ZooTensor& x, const PoolLayer& layer);
  ZooTensor AveragePool(std::string_view name, const ZooTensor& x, const PoolLayer& layer);
  ZooTensor GlobalAveragePool(std::string_view name, const ZooTensor& x);
  ZooTensor Flatten(std::string_view name, const ZooTensor& x);

  ZooTensor Add(std::string_view name, const ZooTensor& a, const ZooTensor& b);
  ZooTensor Concat(std::string_view name, const ZooTensor& a, const ZooTensor& b);  // channels
  // height x width of `x` from (offset, offset).
  ZooTensor Crop(std::string_view name, const ZooTensor& x, int64_t offset, int64_t height,
                 int64_t width);

  // Makes `x` the graph's output, behind a softmax over the channels where the options ask for it,
  // and returns the serialised model.
  absl::StatusOr<std::string> Finish(const ZooTensor& x);

 private:
  onnx::NodeProto& AddNode(std::string_view op, const ZooTensor& out,
                           const std::vector<std::string>& inputs);
  onnx::TensorProto& AddInitializer(const std::string& name, const std::vector<int64_t>& dims);
  // Uniformly distributed floats.
  std::string AddUniform(const std::string& name, const std::vector<int64_t>& dims, double low,
                         double high);
  std::string AddWeights(const std::string& name, const std::vector<int64_t>& dims, double fan_in,
                         double gain);
  std::string AddBilinear(const std::string& name, int64_t in, int64_t out, int64_t kernel,
                          int64_t stride);
  std::string AddIntegers(const std::string& name, const std::vector<int64_t>& values);
  void Declare(onnx::ValueInfoProto& value, const ZooTensor& tensor) const;
  ZooTensor Pool(std::string_view op, std::string_view name, const ZooTensor& x,
                 const PoolLayer& layer);
  ZooTensor Elementwise(std::string_view op, std::string_view name, const ZooTensor& x);
  // Remembers the first problem.
  void Require(bool holds, std::string_view name, const ZooTensor& x, std::string_view problem);
  double NextUniform();  // 0 <= value < 1

  ZooOptions options_;
  uint64_t random_state_;
  bool flat_ = false;  // behind Flatten
  absl::Status first_problem_;
  onnx::ModelProto model_;
};

}  // namespace convoy::models
