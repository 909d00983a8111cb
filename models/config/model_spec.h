// What a model takes and gives, and how it wants to be served: config.pbtxt and the ONNX file's own
// declarations, validated and merged. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "compute/tensor/dtype.h"

namespace convoy::models {

inline constexpr int64_t kAnyExtent = -1;  // a dimension that each request chooses

// One input or output. `dims` leaves the batch dimension out when max_batch_size > 0; kAnyExtent
// marks symbolic ones.
struct TensorDeclaration {
  std::string name;
  compute::DType dtype = compute::DType::kFloat32;
  std::vector<int64_t> dims;
};

enum class ImageLayout { kNchw, kNhwc };
enum class ColorOrder { kRgb, kBgr, kGray };
enum class ResizeRule {
  kStretch,      // to the input size, aspect ratio not kept
  kShorterSide,  // shorter side to resize_size, then the centre crop of the input size
};

// How image bytes become the model's input (config `parameters` named image_*; see
// docs/models.md). value = (pixel * scale - mean[c]) / std[c], pixel in 0..255, in the order of
// `color`.
struct ImageSettings {
  int64_t height = 0;
  int64_t width = 0;
  ColorOrder color = ColorOrder::kRgb;
  ImageLayout layout = ImageLayout::kNchw;
  ResizeRule resize = ResizeRule::kStretch;
  int64_t resize_size = 0;  // kShorterSide only, in pixels
  float scale = 1.0F / 255;
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> std{1, 1, 1};
};

struct ModelSpec {
  std::string name;
  std::string platform;        // "onnxruntime_onnx" where the config says so, else "convoy"
  int64_t max_batch_size = 0;  // 0: no batch dimension
  std::vector<TensorDeclaration> inputs;
  std::vector<TensorDeclaration> outputs;
  std::vector<std::string> labels;     // of output 0, by index; may be empty
  std::optional<ImageSettings> image;  // set when input 0 can be an image

  // The model emits logits and Classify applies softmax (parameter classify_softmax); probabilities
  // pass unchanged.
  bool classify_softmax = false;

  absl::Duration max_queue_delay = absl::ZeroDuration();
  int64_t max_queue_size = 0;  // requests; 0 = the server's default
};

}  // namespace convoy::models
