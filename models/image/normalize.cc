#include "models/image/normalize.h"

#include <array>

namespace convoy::models {
namespace {

// All values that a channel can take.
std::array<float, 256> TableOf(const ImageSettings& settings, size_t channel) {
  std::array<float, 256> table;
  for (size_t pixel = 0; pixel < table.size(); ++pixel) {
    table[pixel] = (static_cast<float>(pixel) * settings.scale - settings.mean[channel]) /
                   settings.std[channel];
  }
  return table;
}

}  // namespace

void NormalizeInto(const Image& image, const ImageSettings& settings, std::span<float> out) {
  const auto channels = static_cast<size_t>(image.channels);
  const size_t count = image.pixels.size() / channels;
  const bool planes = settings.layout == ImageLayout::kNchw;
  for (size_t channel = 0; channel < channels; ++channel) {
    const std::array<float, 256> table = TableOf(settings, channel);
    const size_t source = settings.color == ColorOrder::kBgr ? channels - 1 - channel : channel;
    const uint8_t* pixels = image.pixels.data() + source;
    float* target = out.data() + (planes ? channel * count : channel);
    const size_t step = planes ? 1 : channels;
    for (size_t i = 0; i < count; ++i) target[i * step] = table[pixels[i * channels]];
  }
}

}  // namespace convoy::models
