#include "server/rpc/image_classes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "compute/base/status.h"
#include "server/rpc/class_map.h"
#include "server/rpc/class_text.h"
#include "server/rpc/top_k.h"

namespace convoy::server {
namespace {

using models::ModelSpec;

std::vector<int64_t> ImageDims(const models::ImageSettings& image) {
  const int64_t channels = image.color == models::ColorOrder::kGray ? 1 : 3;
  if (image.layout == models::ImageLayout::kNchw) return {channels, image.height, image.width};
  return {image.height, image.width, channels};
}

// The declared dimensions with the free ones taken from the image settings, aligned at the end.
compute::Shape FixedShape(const ModelSpec& spec) {
  const std::vector<int64_t> image = ImageDims(*spec.image);
  const std::vector<int64_t>& declared = spec.inputs[0].dims;
  compute::Shape shape;
  if (spec.max_batch_size > 0) shape.Append(1);
  for (size_t i = 0; i < declared.size(); ++i) {
    const size_t from_end = declared.size() - i;
    const int64_t own = from_end <= image.size() ? image[image.size() - from_end] : 1;
    shape.Append(declared[i] == models::kAnyExtent ? own : declared[i]);
  }
  return shape;
}

absl::Status NoClassMap(const ModelSpec& spec) {
  return absl::FailedPreconditionError(absl::StrFormat(
      "Model '%s' gives no class map: its first output is no FP32 map of scores of 1 to %d classes "
      "for each pixel of an image",
      spec.name, kMaxMapClasses));
}

// Of each class the share of the pixels where it is the best.
std::vector<double> SharesOf(const ScoreMap& map) {
  std::vector<double> shares(static_cast<size_t>(map.classes()), 0);
  for (const char best : map.BestClasses()) ++shares[static_cast<uint8_t>(best)];
  for (double& share : shares) share /= static_cast<double>(map.height() * map.width());
  return shares;
}

}  // namespace

absl::Status CheckClassifyRequest(const convoy::v1::ClassifyRequest& request) {
  if (request.images_size() < 1 || request.images_size() > kMaxImagesPerCall) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The request has %d images; one call takes from 1 to %d",
                        request.images_size(), kMaxImagesPerCall));
  }
  if (request.top_k() > kMaxTopK) {
    return absl::InvalidArgumentError(
        absl::StrFormat("top_k is %d; it goes from 1 to %d, and 0 means %d", request.top_k(),
                        kMaxTopK, kDefaultTopK));
  }
  return absl::OkStatus();
}

absl::StatusOr<compute::TensorSpec> ImageInputSpec(const ModelSpec& spec) {
  if (!spec.image.has_value() || spec.inputs.size() != 1 ||
      !models::TakesImages(spec.inputs[0].dtype)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("Model '%s' takes no images: its input is not a single picture of 1 or 3 "
                        "channels in FP32, FP16 "
                        "or UINT8, or "
                        "its config.pbtxt gives no image settings; send it tensors by ModelInfer",
                        spec.name));
  }
  if (spec.outputs.empty() || !CheckClassifiable(spec.outputs[0]).ok()) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "Model '%s' gives no classes: its first output is no tensor of numbers", spec.name));
  }
  const compute::TensorSpec input{spec.inputs[0].dtype, FixedShape(spec)};
  if (input.elements() != models::ImageInputElements(*spec.image)) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "Model '%s' takes no images: its input %s has %d values and its image settings make %d",
        spec.name, input.ToString(), input.elements(), models::ImageInputElements(*spec.image)));
  }
  return input;
}

absl::Status CheckGivesClassMap(const ModelSpec& spec) {
  if (MayGiveScoreMap(spec)) return absl::OkStatus();
  return NoClassMap(spec);
}

void AddClasses(const compute::TensorView& output, const ModelSpec& spec, uint32_t top_k,
                convoy::v1::ImageResult& result) {
  const std::optional<ScoreMap> map = ScoreMap::Of(output, spec);
  std::vector<double> scores = map.has_value() ? SharesOf(*map) : ToDoubles(output);
  if (!map.has_value() && spec.classify_softmax) Softmax(scores);
  for (const ScoredClass& best : TopK(scores, top_k == 0 ? kDefaultTopK : top_k)) {
    if (map.has_value() && best.score == 0) break;
    const auto index = static_cast<size_t>(best.index);
    convoy::v1::ClassScore& entry = *result.add_classes();
    entry.set_index(static_cast<uint32_t>(index));
    if (index < spec.labels.size()) entry.set_label(spec.labels[index]);
    entry.set_probability(static_cast<float>(best.score));
  }
}

absl::Status AddClassMap(const compute::TensorView& output, const ModelSpec& spec,
                         const models::ImageRegion& seen, convoy::v1::ImageResult& result) {
  const std::optional<ScoreMap> map = ScoreMap::Of(output, spec);
  if (!map.has_value()) return NoClassMap(spec);
  convoy::v1::ClassMap& to = *result.mutable_class_map();
  to.set_height(static_cast<uint32_t>(map->height()));
  to.set_width(static_cast<uint32_t>(map->width()));
  to.set_classes(map->BestClasses());
  to.set_left(seen.left);
  to.set_top(seen.top);
  to.set_right(seen.right);
  to.set_bottom(seen.bottom);
  return absl::OkStatus();
}

}  // namespace convoy::server
