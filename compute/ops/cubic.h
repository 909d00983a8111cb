// The cubic convolution kernel of R. Keys, "Cubic convolution interpolation for digital image
// processing" (1981): what Resize and GridSample weigh four neighbours with. Pure.
#pragma once

namespace convoy::compute {

// At distance d >= 0, in entries; `a` is the slope at d = 1.
inline double CubicWeight(double a, double d) {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? a * (((d - 5) * d + 8) * d - 4) : 0;
}

}  // namespace convoy::compute
