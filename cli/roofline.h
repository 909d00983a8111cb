// What the cores of this machine reach, measured in about a second: the two roofs under which every
// layer stays. Not a figure from a data sheet; other load on the machine lowers it.
//
//   const Roofline roof = MeasureRoofline(2);
//
// A layer can seem to exceed a roof: Winograd's convolution does with fewer multiplications than
// the FLOPs of the direct one, and tensors that stay in a cache do not wait for the memory.
#pragma once

#include <string>

namespace convoy::cli {

struct Roofline {
  int threads = 0;
  std::string instructions;  // of the loop of multiply-adds: "AVX-512", "AVX2", "128-bit vectors"
  double flops_per_s = 0;    // FP32 multiply-adds on registers; one counts as two
  double bytes_per_s = 0;    // memcpy between buffers larger than caches; read and written bytes
};

// As many threads as the measured runs use.
Roofline MeasureRoofline(int threads);

// The larger of the shares of both roofs that `flops` and `bytes` in `milliseconds` make; 1 is the
// roof.
double ShareOfRoof(const Roofline& roof, double flops, double bytes, double milliseconds);

// "88 GF/s of multiply-adds (AVX2), 12.3 GB/s of copying: measured now on 2 threads"
std::string RoofText(const Roofline& roof);

}  // namespace convoy::cli
