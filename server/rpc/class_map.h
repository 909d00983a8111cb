// The answer of a model that scores every pixel (U-Net, FCN): the best class of each. Pure.
//
//   if (const auto scores = ScoreMap::Of(output, spec)) {
//     const std::string classes = scores->BestClasses();   // height * width bytes
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "compute/tensor/tensor.h"
#include "models/config/model_spec.h"

namespace convoy::server {

inline constexpr int64_t kMaxMapClasses = 256;  // a class is told in a byte

// Whether the declared shape of the first output lets it be a score map; what it is shows when it
// is there, since declared extents may be open.
bool MayGiveScoreMap(const models::ModelSpec& spec);

// A view of scores [classes, height, width], or [height, width, classes] where the model's images
// are stored so.
class ScoreMap {
 public:
  // Of an output of one row. Nullopt when it holds the scores of a whole picture: other ranks, a
  // single pixel, or a label for each value. `output` must outlive the map.
  static std::optional<ScoreMap> Of(const compute::TensorView& output,
                                    const models::ModelSpec& spec);

  int64_t height() const { return height_; }
  int64_t width() const { return width_; }

  // Classes a pixel can have: 2 (off, on) where there is a single score.
  int64_t classes() const { return channels_ == 1 ? 2 : channels_; }

  // Row by row; of equal scores the lower class wins.
  std::string BestClasses() const;

 private:
  ScoreMap() = default;
  uint8_t BestAt(int64_t pixel) const;

  std::span<const float> scores_;
  int64_t channels_ = 0;
  int64_t height_ = 0;
  int64_t width_ = 0;
  bool channels_last_ = false;
  float threshold_ = 0;  // of a single score
};

}  // namespace convoy::server
