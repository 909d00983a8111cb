#include "server/rpc/class_map.h"

#include <algorithm>

namespace convoy::server {
namespace {

using models::ModelSpec;

struct MapExtents {
  int64_t channels = 0;
  int64_t height = 0;
  int64_t width = 0;
};

// Of dims without the batch; nullopt when they are no map. An open extent may be anything.
std::optional<MapExtents> ExtentsOf(std::span<const int64_t> dims, const ModelSpec& spec) {
  if (dims.size() != 3 || !spec.image.has_value()) return std::nullopt;
  const MapExtents extents = spec.image->layout == models::ImageLayout::kNchw
                                 ? MapExtents{dims[0], dims[1], dims[2]}
                                 : MapExtents{dims[2], dims[0], dims[1]};
  const bool single_pixel = extents.height == 1 && extents.width == 1;
  const bool empty = std::ranges::count(dims, 0) > 0;
  if (single_pixel || empty || extents.channels > kMaxMapClasses) return std::nullopt;
  return extents;
}

// A batch of one row does not count as a dimension.
std::span<const int64_t> WithoutBatch(std::span<const int64_t> dims) {
  return dims.size() == 4 && (dims[0] == 1 || dims[0] == models::kAnyExtent) ? dims.subspan(1)
                                                                             : dims;
}

}  // namespace

bool MayGiveScoreMap(const ModelSpec& spec) {
  return !spec.outputs.empty() && spec.outputs[0].dtype == compute::DType::kFloat32 &&
         ExtentsOf(WithoutBatch(spec.outputs[0].dims), spec).has_value();
}

std::optional<ScoreMap> ScoreMap::Of(const compute::TensorView& output, const ModelSpec& spec) {
  if (output.spec.dtype != compute::DType::kFloat32) return std::nullopt;
  const std::optional<MapExtents> extents = ExtentsOf(WithoutBatch(output.spec.shape.dims()), spec);
  const bool labelled_values = static_cast<int64_t>(spec.labels.size()) == output.spec.elements();
  if (!extents.has_value() || labelled_values) return std::nullopt;
  ScoreMap map;
  map.scores_ = output.data<float>();
  map.channels_ = extents->channels;
  map.height_ = extents->height;
  map.width_ = extents->width;
  map.channels_last_ = spec.image->layout == models::ImageLayout::kNhwc;
  map.threshold_ = spec.classify_softmax ? 0.0F : 0.5F;
  return map;
}

uint8_t ScoreMap::BestAt(int64_t pixel) const {
  const int64_t pixels = height_ * width_;
  const auto score = [&](int64_t channel) {
    return scores_[static_cast<size_t>(channels_last_ ? pixel * channels_ + channel
                                                      : channel * pixels + pixel)];
  };
  if (channels_ == 1) return score(0) > threshold_ ? 1 : 0;
  int64_t best = 0;
  for (int64_t channel = 1; channel < channels_; ++channel) {
    if (score(channel) > score(best)) best = channel;
  }
  return static_cast<uint8_t>(best);
}

std::string ScoreMap::BestClasses() const {
  std::string classes(static_cast<size_t>(height_ * width_), '\0');
  for (int64_t pixel = 0; pixel < height_ * width_; ++pixel) {
    classes[static_cast<size_t>(pixel)] = static_cast<char>(BestAt(pixel));
  }
  return classes;
}

}  // namespace convoy::server
