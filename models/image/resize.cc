#include "models/image/resize.h"

#include <algorithm>
#include <cmath>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

// Filter weights are fixed-point numbers of this many fraction bits: 8 bits of pixel and 2 of
// headroom leave 22 of 32.
constexpr int kFractionBits = 32 - 8 - 2;

// Which source pixels make up each destination pixel along one axis, and with which weights.
struct Taps {
  struct Range {
    int64_t first = 0;  // source pixel
    int64_t count = 0;
    size_t weights = 0;  // index of the first weight
  };
  std::vector<Range> ranges;  // one a destination pixel
  std::vector<int32_t> weights;

  int64_t first() const { return ranges.front().first; }
  int64_t last() const { return ranges.back().first + ranges.back().count; }
};

int32_t ToFixed(double weight) {
  return static_cast<int32_t>(0.5 + weight * (int32_t{1} << kFractionBits));
}

// The taps of destination pixels start .. start + count - 1 of an axis that goes from `source` to
// `destination` pixels.
Taps TrianglesAlong(int64_t source, int64_t destination, int64_t start, int64_t count) {
  const double scale = static_cast<double>(source) / static_cast<double>(destination);
  const double support = std::max(scale, 1.0);  // half the triangle's base, in source pixels
  Taps taps;
  taps.ranges.reserve(static_cast<size_t>(count));
  std::vector<double> triangle;
  for (int64_t i = start; i < start + count; ++i) {
    const double center = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max<int64_t>(static_cast<int64_t>(center - support + 0.5), 0);
    const auto last = std::min<int64_t>(static_cast<int64_t>(center + support + 0.5), source);
    triangle.clear();
    double sum = 0;
    for (int64_t x = first; x < last; ++x) {
      const double distance = std::abs((static_cast<double>(x) - center + 0.5) * (1.0 / support));
      triangle.push_back(std::max(1.0 - distance, 0.0));
      sum += triangle.back();
    }
    taps.ranges.push_back({first, last - first, taps.weights.size()});
    for (const double weight : triangle) {
      taps.weights.push_back(ToFixed(sum != 0 ? weight / sum : weight));
    }
  }
  return taps;
}

uint8_t FromFixed(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

constexpr int32_t kHalf = int32_t{1} << (kFractionBits - 1);

template <int kChannels>
void ResizeRow(const uint8_t* source, const Taps& taps, uint8_t* out) {
  for (const Taps::Range& range : taps.ranges) {
    int32_t sums[kChannels];
    std::fill_n(sums, kChannels, kHalf);
    const uint8_t* pixel = source + range.first * kChannels;
    const int32_t* weight = taps.weights.data() + range.weights;
    for (int64_t i = 0; i < range.count; ++i, pixel += kChannels) {
      for (int channel = 0; channel < kChannels; ++channel) {
        sums[channel] += pixel[channel] * weight[i];
      }
    }
    for (int channel = 0; channel < kChannels; ++channel) *out++ = FromFixed(sums[channel]);
  }
}

// Columns: rows first_row .. last_row - 1 of `image`, resampled along x.
Image ResizeColumns(const Image& image, const Taps& taps, int64_t first_row, int64_t last_row) {
  Image out{.width = static_cast<int64_t>(taps.ranges.size()),
            .height = last_row - first_row,
            .channels = image.channels};
  out.pixels.resize(static_cast<size_t>(out.height * out.row_bytes()));
  for (int64_t y = 0; y < out.height; ++y) {
    const uint8_t* source = image.pixels.data() + (first_row + y) * image.row_bytes();
    uint8_t* target = out.pixels.data() + y * out.row_bytes();
    if (image.channels == 1) {
      ResizeRow<1>(source, taps, target);
    } else {
      ResizeRow<3>(source, taps, target);
    }
  }
  return out;
}

// Rows; `image` begins at source row `first_row`.
Image ResizeRows(const Image& image, const Taps& taps, int64_t first_row) {
  Image out{.width = image.width,
            .height = static_cast<int64_t>(taps.ranges.size()),
            .channels = image.channels};
  const auto row_bytes = static_cast<size_t>(image.row_bytes());
  out.pixels.reserve(static_cast<size_t>(out.height) * row_bytes);
  std::vector<int32_t> sums(row_bytes);
  for (const Taps::Range& range : taps.ranges) {
    std::fill(sums.begin(), sums.end(), kHalf);
    for (int64_t i = 0; i < range.count; ++i) {
      const uint8_t* source =
          image.pixels.data() + (range.first + i - first_row) * image.row_bytes();
      const int32_t weight = taps.weights[range.weights + static_cast<size_t>(i)];
      for (size_t x = 0; x < row_bytes; ++x) sums[x] += source[x] * weight;
    }
    for (const int32_t sum : sums) out.pixels.push_back(FromFixed(sum));
  }
  return out;
}

// Python's round(): halves go to the even neighbour.
int64_t HalfRoundedToEven(int64_t doubled) {
  const int64_t floor = doubled / 2;
  return doubled % 2 != 0 && floor % 2 != 0 ? floor + 1 : floor;
}

}  // namespace

ResizeWindow Stretch(int64_t width, int64_t height) {
  return {.width = width, .height = height, .crop_width = width, .crop_height = height};
}

absl::StatusOr<ResizeWindow> ShorterSideAndCrop(const Image& image, int64_t resize_size,
                                                int64_t crop_width, int64_t crop_height) {
  const int64_t shorter = std::min(image.width, image.height);
  ResizeWindow window{.width = resize_size * image.width / shorter,
                      .height = resize_size * image.height / shorter,
                      .crop_width = crop_width,
                      .crop_height = crop_height};
  if (crop_width > window.width || crop_height > window.height) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "The image of %d x %d pixels becomes %d x %d by the shorter-side size %d, which is smaller "
        "than the model's input of %d x %d",
        image.width, image.height, window.width, window.height, resize_size, crop_width,
        crop_height));
  }
  window.left = HalfRoundedToEven(window.width - crop_width);
  window.top = HalfRoundedToEven(window.height - crop_height);
  return window;
}

absl::StatusOr<Image> Resize(const Image& image, const ResizeWindow& window) {
  const Taps columns = TrianglesAlong(image.width, window.width, window.left, window.crop_width);
  const Taps rows = TrianglesAlong(image.height, window.height, window.top, window.crop_height);
  const int64_t rows_between = rows.last() - rows.first();
  if (rows_between > kMaxImagePixels / window.crop_width) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Resizing the image of %d x %d pixels to %d x %d takes an intermediate picture of %d x %d "
        "pixels; at most %d are allowed",
        image.width, image.height, window.width, window.height, window.crop_width, rows_between,
        kMaxImagePixels));
  }
  Image between = ResizeColumns(image, columns, rows.first(), rows.last());
  return ResizeRows(between, rows, rows.first());
}

}  // namespace convoy::models
