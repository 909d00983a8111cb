// Turns a stored picture upright. Pure.
#pragma once

#include "models/image/image.h"
#include "models/image/jpeg_markers.h"

namespace convoy::models {

Image ApplyOrientation(Image image, Orientation orientation);

}  // namespace convoy::models
