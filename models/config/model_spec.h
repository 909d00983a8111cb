// What a model takes and gives, and how it wants to be served: config.pbtxt and the ONNX file's own
// declarations, validated and merged. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compute/tensor/dtype.h"
#include "models/config/batching_settings.h"
#include "models/config/instance_group.h"
#include "models/config/version_policy.h"
#include "models/config/warmup_sample.h"

namespace convoy::models {

inline constexpr int64_t kAnyExtent = -1;  // a dimension that each request chooses

// How the config says that an image input is laid out.
enum class TensorFormat { kNone, kNhwc, kNchw };

// One input or output. `dims` leaves the batch dimension out when max_batch_size > 0; kAnyExtent
// marks symbolic ones.
struct TensorDeclaration {
  std::string name;
  compute::DType dtype = compute::DType::kFloat32;
  std::vector<int64_t> dims;  // as requests and replies have them
  // The network's own where the config reshapes between the two: as many elements in the same
  // order. reshape.h translates.
  std::optional<std::vector<int64_t>> network_dims;
  TensorFormat format = TensorFormat::kNone;  // inputs
  std::string label_filename;                 // outputs: what the config says

  friend bool operator==(const TensorDeclaration&, const TensorDeclaration&) = default;
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

  friend bool operator==(const ImageSettings&, const ImageSettings&) = default;
};

struct ModelSpec {
  std::string name;
  std::string platform;        // "onnxruntime_onnx" where the config says so, else "convoy"
  int64_t max_batch_size = 0;  // 0: no batch dimension
  std::vector<TensorDeclaration> inputs;
  std::vector<TensorDeclaration> outputs;
  std::vector<std::string> labels;                    // of output 0, by index; may be empty
  std::vector<std::vector<std::string>> more_labels;  // of outputs 1, 2, ...; may be shorter
  std::optional<ImageSettings> image;                 // set when input 0 can be an image

  // The model emits logits and Classify applies softmax (parameter classify_softmax); probabilities
  // pass unchanged.
  bool classify_softmax = false;

  VersionPolicy version_policy;
  std::string model_filename = "model.onnx";
  std::vector<InstanceGroup> instance_groups;  // empty: the server's choice
  BatchingSettings batching;
  std::vector<WarmupSample> warmup;
  bool response_cache = false;                     // asked for
  std::map<std::string, std::string> metric_tags;  // more labels of the model's metrics
  // Those of the config that are neither image_* nor classify_softmax: carried along, not used.
  std::map<std::string, std::string> parameters;

  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

// The labels of output `index`; empty where there are none.
inline const std::vector<std::string>& LabelsOf(const ModelSpec& spec, size_t index) {
  static const std::vector<std::string> none;
  if (index == 0) return spec.labels;
  return index <= spec.more_labels.size() ? spec.more_labels[index - 1] : none;
}

}  // namespace convoy::models
