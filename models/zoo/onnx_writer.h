// Nodes and tensors of an ONNX file under construction: the part of OnnxBuilder that knows
// protobuf and randomness, and nothing of layers.
//
//   OnnxWriter writer("tiny", 17, seed);
//   writer.DeclareInput("image", batch, {3, 32, 32});
//   onnx::NodeProto& node = writer.AddNode("LRN", "norm1", {"image"});
//   SetInt(node, "size", 5);
//
// References to nodes last until the next call. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "onnx/onnx.pb.h"

namespace convoy::models {

// The name of one part of a layer: its weights, or a node behind it.
std::string PartName(std::string_view layer, std::string_view part);

void SetInt(onnx::NodeProto& node, std::string_view name, int64_t value);
void SetInts(onnx::NodeProto& node, std::string_view name, const std::vector<int64_t>& values);
void SetFloat(onnx::NodeProto& node, std::string_view name, float value);
void SetString(onnx::NodeProto& node, std::string_view name, std::string_view value);

class OnnxWriter {
 public:
  OnnxWriter(std::string_view name, int64_t opset, uint64_t seed);

  // `dims` without the batch, which is symbolic when it is 0.
  void DeclareInput(const std::string& name, int64_t batch, const std::vector<int64_t>& dims);
  void DeclareOutput(const std::string& name, int64_t batch, const std::vector<int64_t>& dims);

  // A node and its first output have the same name.
  onnx::NodeProto& AddNode(std::string_view op, std::string_view name,
                           const std::vector<std::string>& inputs);
  void RenameLastOutput(const std::string& name);

  // Each returns the name of the tensor. Uniformly distributed floats:
  std::string AddUniform(const std::string& name, const std::vector<int64_t>& dims, double low,
                         double high);
  // Uniform weights of variance gain / fan_in.
  std::string AddWeights(const std::string& name, const std::vector<int64_t>& dims, double fan_in,
                         double gain);
  // Weights [in, out, kernel, kernel] of an up-convolution that interpolates each channel.
  std::string AddBilinear(const std::string& name, int64_t in, int64_t out, int64_t kernel,
                          int64_t stride);
  std::string AddScalar(const std::string& name, float value);
  std::string AddIntegers(const std::string& name, const std::vector<int64_t>& values);

  absl::StatusOr<std::string> Serialize() const;

 private:
  onnx::TensorProto& AddInitializer(const std::string& name, const std::vector<int64_t>& dims);
  double NextUniform();  // 0 <= value < 1

  uint64_t random_state_;
  onnx::ModelProto model_;
};

}  // namespace convoy::models
