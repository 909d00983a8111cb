#include "models/image/image_input.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "compute/base/status.h"
#include "compute/tensor/half.h"
#include "models/image/jpeg.h"
#include "models/image/normalize.h"
#include "models/image/png.h"
#include "models/image/resize.h"

namespace convoy::models {
namespace {

std::string FirstBytes(std::span<const std::byte> file) {
  std::string text;
  for (const std::byte value : file.first(std::min<size_t>(file.size(), 8))) {
    absl::StrAppendFormat(&text, "%s%02X", text.empty() ? "" : " ", static_cast<unsigned>(value));
  }
  return text;
}

absl::StatusOr<ResizeWindow> WindowOf(const Image& image, const ImageSettings& settings) {
  if (settings.resize == ResizeRule::kShorterSide) {
    return ShorterSideAndCrop(image, settings.resize_size, settings.width, settings.height);
  }
  return Stretch(settings.width, settings.height);
}

// What of `image` lies under the window.
ImageRegion RegionOf(const Image& image, const ResizeWindow& window) {
  const double across = static_cast<double>(image.width) / static_cast<double>(window.width);
  const double down = static_cast<double>(image.height) / static_cast<double>(window.height);
  return {.left = static_cast<double>(window.left) * across,
          .top = static_cast<double>(window.top) * down,
          .right = static_cast<double>(window.left + window.crop_width) * across,
          .bottom = static_cast<double>(window.top + window.crop_height) * down};
}

}  // namespace

absl::StatusOr<Image> DecodeImage(std::span<const std::byte> file) {
  if (file.empty()) return absl::InvalidArgumentError("The image is empty: it has 0 bytes");
  if (static_cast<int64_t>(file.size()) > kMaxImageFileBytes) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "The image file has %d bytes; at most %d are allowed", file.size(), kMaxImageFileBytes));
  }
  if (IsJpeg(file)) return DecodeJpeg(file);
  if (IsPng(file)) return DecodePng(file);
  return absl::InvalidArgumentError(absl::StrFormat(
      "The bytes are not an image: they begin with %s; a JPEG file begins with FF D8 FF and a PNG "
      "file with 89 50 4E 47 0D 0A 1A 0A",
      FirstBytes(file)));
}

int64_t ImageInputElements(const ImageSettings& settings) {
  return settings.height * settings.width * (settings.color == ColorOrder::kGray ? 1 : 3);
}

absl::Status DecodeToInput(std::span<const std::byte> file, const ImageSettings& settings,
                           std::span<float> out, ImageRegion* seen) {
  if (static_cast<int64_t>(out.size()) != ImageInputElements(settings)) {
    return absl::InternalError(
        absl::StrFormat("The buffer for an image input has %d values, not the %d of the settings",
                        out.size(), ImageInputElements(settings)));
  }
  CONVOY_ASSIGN_OR_RETURN(Image image, DecodeImage(file));
  if (settings.color == ColorOrder::kGray) image = ToGray(image);
  CONVOY_ASSIGN_OR_RETURN(const ResizeWindow window, WindowOf(image, settings));
  CONVOY_ASSIGN_OR_RETURN(const Image resized, Resize(image, window));
  NormalizeInto(resized, settings, out);
  if (seen != nullptr) *seen = RegionOf(image, window);
  return absl::OkStatus();
}

bool TakesImages(compute::DType dtype) {
  return dtype == compute::DType::kFloat32 || dtype == compute::DType::kFloat16 ||
         dtype == compute::DType::kUint8;
}

absl::Status DecodeToTensor(std::span<const std::byte> file, const ImageSettings& settings,
                            const compute::MutableTensorView& out, ImageRegion* seen) {
  if (out.spec.dtype == compute::DType::kFloat32) {
    return DecodeToInput(file, settings, out.data<float>(), seen);
  }
  if (!TakesImages(out.spec.dtype)) {
    return absl::InternalError(
        absl::StrFormat("An image input cannot be %s", compute::NameOf(out.spec.dtype)));
  }
  std::vector<float> values(static_cast<size_t>(out.spec.elements()));
  CONVOY_RETURN_IF_ERROR(DecodeToInput(file, settings, values, seen));
  if (out.spec.dtype == compute::DType::kUint8) {
    std::transform(values.begin(), values.end(), out.data<uint8_t>().begin(), [](float value) {
      return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
    });
  } else {
    std::transform(values.begin(), values.end(), out.data<uint16_t>().begin(),
                   compute::FloatToHalf);
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
