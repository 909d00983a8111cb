#include "cli/overlay.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <span>
#include <system_error>

#include "cli/text_file.h"
#include "compute/base/status.h"
#include "models/image/image_input.h"
#include "models/image/png_encode.h"

namespace convoy::cli {
namespace {

namespace fs = std::filesystem;

struct Color {
  std::array<uint8_t, 3> rgb;
  const char* name;
};

// Told apart by colour-blind eyes too (Okabe & Ito 2008); from class 8 on they come again.
constexpr std::array<Color, 7> kColors = {{{{230, 159, 0}, "orange"},
                                           {{86, 180, 233}, "sky blue"},
                                           {{0, 158, 115}, "green"},
                                           {{240, 228, 66}, "yellow"},
                                           {{0, 114, 178}, "blue"},
                                           {{213, 94, 0}, "vermilion"},
                                           {{204, 121, 167}, "pink"}}};
constexpr int kTintPercent = 50;

// Of a class but the background.
const Color& ColorOf(uint32_t index) { return kColors[(index - 1) % kColors.size()]; }

// For each of `count` pixels the row or column of the map that covers its middle, or -1.
std::vector<int64_t> NearestCells(int64_t count, double begin, double end, int64_t cells) {
  std::vector<int64_t> nearest(static_cast<size_t>(count), -1);
  for (int64_t i = 0; i < count; ++i) {
    const double middle = static_cast<double>(i) + 0.5;
    if (middle < begin || middle >= end) continue;
    const double share = (middle - begin) / (end - begin);
    nearest[static_cast<size_t>(i)] =
        std::min(static_cast<int64_t>(share * static_cast<double>(cells)), cells - 1);
  }
  return nearest;
}

// The class of each pixel of the picture; 0 outside the map.
std::vector<uint8_t> ClassOfPixels(const models::Image& picture, const client::ClassMap& map) {
  const std::vector<int64_t> rows = NearestCells(picture.height, map.top, map.bottom, map.height);
  const std::vector<int64_t> columns = NearestCells(picture.width, map.left, map.right, map.width);
  std::vector<uint8_t> classes;
  classes.reserve(rows.size() * columns.size());
  for (const int64_t row : rows) {
    for (const int64_t column : columns) {
      const bool covered = row >= 0 && column >= 0;
      classes.push_back(
          covered ? static_cast<uint8_t>(map.classes[static_cast<size_t>(row * map.width + column)])
                  : 0);
    }
  }
  return classes;
}

std::string NameOf(const ImageFile& file) {
  return file.path == "-" ? "stdin" : fs::path(file.path).stem().string();
}

}  // namespace

models::Image Overlay(models::Image picture, const client::ClassMap& map) {
  const std::vector<uint8_t> classes = ClassOfPixels(picture, map);
  const auto class_at = [&](int64_t y, int64_t x) {
    return classes[static_cast<size_t>(y * picture.width + x)];
  };
  // A neighbour beyond the picture's border counts as the same class.
  const auto at_edge = [&](int64_t y, int64_t x) {
    const uint8_t own = class_at(y, x);
    return class_at(std::max<int64_t>(y - 1, 0), x) != own ||
           class_at(std::min(y + 1, picture.height - 1), x) != own ||
           class_at(y, std::max<int64_t>(x - 1, 0)) != own ||
           class_at(y, std::min(x + 1, picture.width - 1)) != own;
  };
  for (int64_t y = 0; y < picture.height; ++y) {
    for (int64_t x = 0; x < picture.width; ++x) {
      const uint8_t index = class_at(y, x);
      if (index == 0) continue;
      const std::array<uint8_t, 3>& rgb = ColorOf(index).rgb;
      const int share = at_edge(y, x) ? 100 : kTintPercent;
      uint8_t* pixel = &picture.pixels[static_cast<size_t>(3 * (y * picture.width + x))];
      for (size_t c = 0; c < 3; ++c) {
        pixel[c] = static_cast<uint8_t>((pixel[c] * (100 - share) + rgb[c] * share) / 100);
      }
    }
  }
  return picture;
}

std::string OverlayColor(uint32_t index) { return index == 0 ? "" : ColorOf(index).name; }

absl::StatusOr<std::vector<std::string>> OverlayPaths(const std::string& folder,
                                                      const std::vector<ImageFile>& files) {
  std::vector<std::string> paths;
  std::map<std::string, std::string> taken;  // path -> the file it is for
  for (const ImageFile& file : files) {
    paths.push_back((fs::path(folder) / (NameOf(file) + ".overlay.png")).string());
    const auto [other, fresh] = taken.emplace(paths.back(), file.path);
    if (fresh) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("The overlays of '%s' and '%s' would both be '%s'; classify them in two "
                        "runs with different folders.",
                        other->second, file.path, paths.back()));
  }
  return paths;
}

absl::Status WriteOverlay(const std::string& path, const ImageFile& file,
                          const client::ClassMap& map) {
  CONVOY_ASSIGN_OR_RETURN(models::Image picture,
                          models::DecodeImage(std::as_bytes(std::span(file.bytes))));
  CONVOY_ASSIGN_OR_RETURN(const std::string png, EncodePng(Overlay(std::move(picture), map)));
  std::error_code ignored;  // a folder that is missing all the same makes the writing fail
  fs::create_directories(fs::path(path).parent_path(), ignored);
  return WriteTextFile(path, png);
}

}  // namespace convoy::cli
