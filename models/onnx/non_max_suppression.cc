// NonMaxSuppression of boxes that are known when the file is read: how many of them are kept
// depends on their values, and a plan has fixed shapes.
#include <algorithm>
#include <array>
#include <numeric>

#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::DType;
using compute::HostTensor;
using compute::Shape;

// Comparisons of two boxes; more is no table of anchors but a network's output.
constexpr int64_t kMaxComparisons = int64_t{1} << 28;

struct Box {
  float left, top, right, bottom;

  float area() const { return (right - left) * (bottom - top); }
};

// From (y1, x1, y2, x2), any two opposite corners, or (x, y, width, height) of a centre.
Box BoxOf(std::span<const float> values, bool center_point) {
  if (center_point) {
    return {values[0] - values[2] / 2, values[1] - values[3] / 2, values[0] + values[2] / 2,
            values[1] + values[3] / 2};
  }
  return {std::min(values[1], values[3]), std::min(values[0], values[2]),
          std::max(values[1], values[3]), std::max(values[0], values[2])};
}

float IntersectionOverUnion(const Box& a, const Box& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0 || a.area() <= 0 || b.area() <= 0) return 0;
  return width * height / (a.area() + b.area() - width * height);
}

struct Limits {
  int64_t most_boxes = 0;  // of one class of one image
  float overlap = 0;
  std::optional<float> least_score;
};

absl::StatusOr<Limits> ReadLimits(NodeImport& node) {
  Limits limits;
  if (node.has_input(2)) {
    CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> most, node.ConstantInts(2));
    if (most.size() != 1) {
      return absl::InvalidArgumentError("max_output_boxes_per_class must be one number");
    }
    limits.most_boxes = most[0];
  }
  CONVOY_ASSIGN_OR_RETURN(limits.overlap, node.ConstantScalar(3, 0));
  if (node.has_input(4)) {
    CONVOY_ASSIGN_OR_RETURN(limits.least_score, node.ConstantScalar(4, 0));
  }
  return limits;
}

// The boxes of one class that are kept, best first.
std::vector<int64_t> Keep(std::span<const Box> boxes, std::span<const float> scores,
                          const Limits& limits) {
  std::vector<int64_t> order(boxes.size());
  std::iota(order.begin(), order.end(), 0);
  const auto is_low = [&](int64_t i) {
    return limits.least_score.has_value() &&
           !(scores[static_cast<size_t>(i)] > *limits.least_score);
  };
  std::erase_if(order, is_low);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)];
  });
  std::vector<int64_t> kept;
  for (const int64_t candidate : order) {
    if (static_cast<int64_t>(kept.size()) >= limits.most_boxes) break;
    const Box& box = boxes[static_cast<size_t>(candidate)];
    const bool overlaps = std::any_of(kept.begin(), kept.end(), [&](int64_t other) {
      return IntersectionOverUnion(box, boxes[static_cast<size_t>(other)]) > limits.overlap;
    });
    if (!overlaps) kept.push_back(candidate);
  }
  return kept;
}

absl::Status CheckBoxes(const Shape& boxes, const Shape& scores, const Limits& limits) {
  const bool fit = boxes.rank() == 3 && scores.rank() == 3 && boxes[2] == 4 &&
                   boxes[0] == scores[0] && boxes[1] == scores[2];
  if (!fit) {
    return absl::InvalidArgumentError(
        absl::StrFormat("boxes and scores have the shapes %s and %s; asked for are NxBx4 and NxCxB",
                        boxes.ToString(), scores.ToString()));
  }
  const int64_t most = std::clamp<int64_t>(limits.most_boxes, 0, boxes[1]);
  if (scores.elements() <= kMaxComparisons / std::max<int64_t>(most, 1)) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrFormat("%d scores, of which %d a class may be kept, are too many to compare while a "
                      "model is read",
                      scores.elements(), most));
}

// Rows (image, class, box).
std::vector<int64_t> Select(const HostTensor& boxes, const HostTensor& scores, bool center_point,
                            const Limits& limits) {
  const Shape& shape = scores.spec().shape;
  const int64_t count = shape[2];
  std::vector<int64_t> rows;
  for (int64_t n = 0; n < shape[0]; ++n) {
    std::vector<Box> image;
    for (int64_t i = n * count; i < (n + 1) * count; ++i) {
      image.push_back(
          BoxOf(boxes.data<float>().subspan(static_cast<size_t>(4 * i), 4), center_point));
    }
    for (int64_t c = 0; c < shape[1]; ++c) {
      const auto first = static_cast<size_t>((n * shape[1] + c) * count);
      for (const int64_t box :
           Keep(image, scores.data<float>().subspan(first, image.size()), limits)) {
        rows.insert(rows.end(), {n, c, box});
      }
    }
  }
  return rows;
}

absl::Status ImportNonMaxSuppression(NodeImport& node) {
  const HostTensor* boxes = node.constant(0);
  const HostTensor* scores = node.constant(1);
  if (boxes == nullptr || scores == nullptr) {
    return absl::UnimplementedError(
        "boxes and scores must be constants: how many boxes are kept depends on their values, and "
        "the shapes of a plan are fixed");
  }
  if (boxes->spec().dtype != DType::kFloat32 || scores->spec().dtype != DType::kFloat32) {
    return absl::InvalidArgumentError(
        absl::StrFormat("boxes and scores are %s and %s, but must be FP32",
                        boxes->spec().ToString(), scores->spec().ToString()));
  }
  CONVOY_ASSIGN_OR_RETURN(const Limits limits, ReadLimits(node));
  CONVOY_RETURN_IF_ERROR(CheckBoxes(boxes->spec().shape, scores->spec().shape, limits));
  const std::vector<int64_t> rows =
      Select(*boxes, *scores, node.Int("center_point_box", 0) != 0, limits);
  if (rows.empty()) {
    return absl::UnimplementedError("no box is kept: tensors without elements are not supported");
  }
  const auto kept = static_cast<int64_t>(rows.size()) / 3;
  CONVOY_ASSIGN_OR_RETURN(HostTensor result, node.MakeConstant({DType::kInt64, {kept, 3}}));
  std::copy(rows.begin(), rows.end(), result.mutable_data<int64_t>().begin());
  return node.FinishConstant(std::move(result));
}

}  // namespace

std::span<const ImportRule> NonMaxSuppressionRules() {
  static constexpr std::array kRules = {
      ImportRule{"NonMaxSuppression", 2, 5, ImportNonMaxSuppression},
  };
  return kRules;
}

}  // namespace convoy::models
