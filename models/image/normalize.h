// 8-bit pixels to the floats of a model's input. Pure.
#pragma once

#include <span>

#include "models/config/model_spec.h"
#include "models/image/image.h"

namespace convoy::models {

// value = (pixel * scale - mean[c]) / std[c], c counted in the order of settings.color; `image` is
// gray where that is gray, else RGB. Writes settings.layout's order; `out` has
// ImageInputElements(settings) values.
void NormalizeInto(const Image& image, const ImageSettings& settings, std::span<float> out);

}  // namespace convoy::models
