#include "models/config/image_settings.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

using compute::Quote;
using inference::ModelConfig;

constexpr int64_t kMaxImageExtent = 1 << 15;

const std::set<std::string>& ImageKeys() {
  static const auto* const keys =
      new std::set<std::string>{"image_size",  "image_color", "image_layout", "image_resize",
                                "image_scale", "image_mean",  "image_std"};
  return *keys;
}

absl::Status BadParameter(const std::string& key, const std::string& value, const char* allowed) {
  return absl::InvalidArgumentError(
      absl::StrFormat("parameter '%s' is %s; allowed are %s", key, Quote(value), allowed));
}

const std::string* Find(const ModelConfig& config, const std::string& key) {
  const auto found = config.parameters().find(key);
  return found == config.parameters().end() ? nullptr : &found->second.string_value();
}

bool ParseExtent(const std::string& text, int64_t& extent) {
  return absl::SimpleAtoi(text, &extent) && extent >= 1 && extent <= kMaxImageExtent;
}

absl::Status ReadSize(const ModelConfig& config, ImageSettings& settings) {
  const std::string* text = Find(config, "image_size");
  if (text == nullptr) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(*text, 'x');
  if (parts.size() == 2 && ParseExtent(parts[0], settings.height) &&
      ParseExtent(parts[1], settings.width)) {
    return absl::OkStatus();
  }
  return BadParameter("image_size", *text, "HEIGHTxWIDTH of 1 to 32768, such as 224x224");
}

absl::Status ReadColor(const ModelConfig& config, ImageSettings& settings) {
  const std::string* text = Find(config, "image_color");
  if (text == nullptr) return absl::OkStatus();
  if (*text == "rgb") settings.color = ColorOrder::kRgb;
  if (*text == "bgr") settings.color = ColorOrder::kBgr;
  if (*text == "gray") settings.color = ColorOrder::kGray;
  if (*text == "rgb" || *text == "bgr" || *text == "gray") return absl::OkStatus();
  return BadParameter("image_color", *text, "rgb, bgr and gray");
}

absl::Status ReadResize(const ModelConfig& config, ImageSettings& settings) {
  const std::string* text = Find(config, "image_resize");
  if (text == nullptr || *text == "stretch") return absl::OkStatus();
  const std::string prefix = "shorter_side:";
  if (text->rfind(prefix, 0) == 0 &&
      ParseExtent(text->substr(prefix.size()), settings.resize_size)) {
    settings.resize = ResizeRule::kShorterSide;
    return absl::OkStatus();
  }
  return BadParameter("image_resize", *text, "stretch and shorter_side:PIXELS");
}

// One value for all channels, or one a channel.
absl::Status ReadChannels(const ModelConfig& config, const std::string& key, bool positive,
                          std::array<float, 3>& to) {
  const std::string* text = Find(config, key);
  if (text == nullptr) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(*text, ',');
  bool good = parts.size() == 1 || parts.size() == 3;
  for (size_t c = 0; good && c < 3; ++c) {
    good = absl::SimpleAtof(parts[parts.size() == 1 ? 0 : c], &to[c]) && std::isfinite(to[c]) &&
           (!positive || to[c] > 0);
  }
  if (good) return absl::OkStatus();
  return BadParameter(key, *text,
                      positive ? "one or three positive numbers, separated by commas"
                               : "one or three numbers, separated by commas");
}

absl::Status ReadScale(const ModelConfig& config, ImageSettings& settings) {
  const std::string* text = Find(config, "image_scale");
  if (text == nullptr) return absl::OkStatus();
  if (absl::SimpleAtof(*text, &settings.scale) && std::isfinite(settings.scale)) {
    return absl::OkStatus();
  }
  return BadParameter("image_scale", *text, "numbers");
}

// Height, width and channels where the dims of an image in this layout say them.
struct ImageShapeDims {
  int64_t height, width, channels;
};
ImageShapeDims Arrange(const std::vector<int64_t>& dims, ImageLayout layout) {
  if (layout == ImageLayout::kNhwc) return {dims[0], dims[1], dims[2]};
  return {dims[1], dims[2], dims[0]};
}

bool IsChannels(int64_t dim) { return dim == 1 || dim == 3; }

absl::StatusOr<ImageLayout> LayoutOf(const ModelConfig& config, const TensorDeclaration& input,
                                     const std::vector<int64_t>& dims) {
  const std::string* text = Find(config, "image_layout");
  if (text != nullptr && *text != "nchw" && *text != "nhwc") {
    return BadParameter("image_layout", *text, "nchw and nhwc");
  }
  if (input.format != TensorFormat::kNone) {
    const bool nhwc = input.format == TensorFormat::kNhwc;
    if (text == nullptr || (*text == "nhwc") == nhwc) {
      return nhwc ? ImageLayout::kNhwc : ImageLayout::kNchw;
    }
    return absl::InvalidArgumentError(
        absl::StrFormat("parameter 'image_layout' is '%s', but the format of input %s is %s", *text,
                        Quote(input.name), nhwc ? "FORMAT_NHWC" : "FORMAT_NCHW"));
  }
  if (text != nullptr) return *text == "nhwc" ? ImageLayout::kNhwc : ImageLayout::kNchw;
  const bool last_only = IsChannels(dims[2]) && !IsChannels(dims[0]);
  return last_only ? ImageLayout::kNhwc : ImageLayout::kNchw;
}

absl::Status CheckAgainstInput(const ImageShapeDims& shape, const TensorDeclaration& input,
                               const ImageSettings& settings) {
  const int64_t channels = settings.color == ColorOrder::kGray ? 1 : 3;
  const bool fits = (shape.height == kAnyExtent || shape.height == settings.height) &&
                    (shape.width == kAnyExtent || shape.width == settings.width) &&
                    (shape.channels == kAnyExtent || shape.channels == channels);
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "the image parameters make %dx%d pixels of %d channels, but input %s takes %dx%d of %d",
      settings.height, settings.width, channels, Quote(input.name), shape.height, shape.width,
      shape.channels));
}

// The first image parameter by name, of those that do not exist where there are some; empty when
// there is none.
std::string FirstImageKey(const ModelConfig& config) {
  std::string first;
  bool first_exists = true;
  for (const auto& [key, value] : config.parameters()) {
    if (!key.starts_with("image_")) continue;
    const bool exists = ImageKeys().contains(key);
    const bool sooner = first.empty() || (first_exists == exists ? key < first : first_exists);
    if (!sooner) continue;
    first = key;
    first_exists = exists;
  }
  return first;
}

absl::Status CheckImageKey(const std::string& key) {
  if (key.empty() || ImageKeys().contains(key)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "parameter %s does not exist; image parameters are image_size, image_color, image_layout, "
      "image_resize, image_scale, image_mean and image_std",
      Quote(key)));
}

bool TakesPixels(compute::DType dtype) {
  return dtype == compute::DType::kFloat32 || dtype == compute::DType::kFloat16 ||
         dtype == compute::DType::kUint8;
}

absl::Status NoImage(const TensorDeclaration& input) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "the model has image parameters, but input %s is no image of rank 4 in FP32, FP16 or UINT8",
      Quote(input.name)));
}

std::string Place(const std::string& key) { return absl::StrFormat("parameters['%s']", key); }

bool ReadKeys(const ModelConfig& config, ImageSettings& settings, ConfigFaults& faults) {
  return faults.Check(Place("image_size"), ReadSize(config, settings)) &&
         faults.Check(Place("image_color"), ReadColor(config, settings)) &&
         faults.Check(Place("image_resize"), ReadResize(config, settings)) &&
         faults.Check(Place("image_scale"), ReadScale(config, settings)) &&
         faults.Check(Place("image_mean"),
                      ReadChannels(config, "image_mean", false, settings.mean)) &&
         faults.Check(Place("image_std"), ReadChannels(config, "image_std", true, settings.std));
}

absl::Status CheckSize(const TensorDeclaration& input, const ImageSettings& settings) {
  if (settings.height > 0 && settings.width > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "input %s leaves its size open, so parameter 'image_size' must give it", Quote(input.name)));
}

absl::Status CheckCrop(const ImageSettings& settings) {
  if (settings.resize != ResizeRule::kShorterSide ||
      settings.resize_size >= std::max(settings.height, settings.width)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("parameter 'image_resize' makes the shorter side %d pixels, less than the "
                      "%dx%d cut from it",
                      settings.resize_size, settings.height, settings.width));
}

// What the input's dims alone say; image_* parameters are read on top.
// Bytes are pixels as they are.
ImageSettings DefaultsFor(const ImageShapeDims& shape, compute::DType dtype) {
  ImageSettings settings;
  if (dtype == compute::DType::kUint8) settings.scale = 1;
  settings.height = shape.height == kAnyExtent ? 0 : shape.height;
  settings.width = shape.width == kAnyExtent ? 0 : shape.width;
  settings.color = shape.channels == 1 ? ColorOrder::kGray : ColorOrder::kRgb;
  return settings;
}

}  // namespace

absl::StatusOr<std::optional<bool>> BoolParameter(const ModelConfig& config,
                                                  const std::string& key) {
  const std::string* text = Find(config, key);
  if (text == nullptr) return std::optional<bool>();
  if (*text != "true" && *text != "false") return BadParameter(key, *text, "true and false");
  return std::optional<bool>(*text == "true");
}

std::optional<ImageSettings> ImageSettingsOf(const ModelConfig& config,
                                             const TensorDeclaration& input, bool batched,
                                             ConfigFaults& faults) {
  const std::string key = FirstImageKey(config);
  if (!faults.Check(Place(key), CheckImageKey(key))) return std::nullopt;
  std::vector<int64_t> dims = input.dims;
  if (!batched && dims.size() == 4 && (dims[0] == 1 || dims[0] == kAnyExtent)) {
    dims.erase(dims.begin());
  }
  if (dims.size() != 3 || !TakesPixels(input.dtype)) {
    if (!key.empty()) faults.Check(Place(key), NoImage(input));
    return std::nullopt;
  }
  const absl::StatusOr<ImageLayout> layout = LayoutOf(config, input, dims);
  if (!faults.Check(Place("image_layout"), layout.status())) return std::nullopt;
  const ImageShapeDims shape = Arrange(dims, *layout);
  ImageSettings settings = DefaultsFor(shape, input.dtype);
  settings.layout = *layout;
  if (!ReadKeys(config, settings, faults)) return std::nullopt;
  const bool image_like = settings.height > 0 && settings.width > 0 && IsChannels(shape.channels);
  if (key.empty() && !image_like) return std::nullopt;
  if (!faults.Check(Place(key), CheckSize(input, settings)) ||
      !faults.Check(Place(key), CheckAgainstInput(shape, input, settings)) ||
      !faults.Check(Place("image_resize"), CheckCrop(settings))) {
    return std::nullopt;
  }
  return settings;
}

}  // namespace convoy::models
