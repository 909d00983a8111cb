// Image bytes on their way to a model's input: JPEG and PNG, by both resize rules, into all element
// types.
#include <span>
#include <vector>

#include "models/image/image_input.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using convoy::compute::DType;
using convoy::models::ImageSettings;
using convoy::testing::Require;

void Decode(std::span<const std::byte> file, const ImageSettings& settings, DType dtype) {
  const int channels = settings.color == convoy::models::ColorOrder::kGray ? 1 : 3;
  convoy::compute::HostTensor out(
      {dtype, settings.layout == convoy::models::ImageLayout::kNchw
                  ? convoy::compute::Shape{1, channels, settings.height, settings.width}
                  : convoy::compute::Shape{1, settings.height, settings.width, channels}});
  convoy::models::ImageRegion seen;
  const absl::Status status =
      convoy::models::DecodeToTensor(file, settings, out.mutable_view(), &seen);
  if (!status.ok()) {
    Require(!status.message().empty(), "an error says what is wrong");
    return;
  }
  Require(seen.left >= 0 && seen.left < seen.right && seen.top >= 0 && seen.top < seen.bottom,
          "what is seen is a part of the picture");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace convoy::models;
  const std::span<const std::byte> file(reinterpret_cast<const std::byte*>(data), size);
  const ImageSettings gray{.height = 3, .width = 5, .color = ColorOrder::kGray};
  const ImageSettings cropped{.height = 4,
                              .width = 4,
                              .color = ColorOrder::kBgr,
                              .layout = ImageLayout::kNhwc,
                              .resize = ResizeRule::kShorterSide,
                              .resize_size = 6,
                              .std = {2, 3, 4}};
  if (size % 2 == 0) {
    Decode(file, gray, DType::kFloat32);
  } else {
    Decode(file, cropped, size % 4 == 1 ? DType::kFloat16 : DType::kUint8);
  }
  return 0;
}
