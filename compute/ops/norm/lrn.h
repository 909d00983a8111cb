// Local response normalisation across channels (ONNX LRN; Krizhevsky, Sutskever and Hinton 2012,
// section 3.3).
//
//   input  x: [N, C, spatial...] or [N, C]       output  y: as x
//   y[c] = x[c] / (bias + alpha / size * sum of x[k]^2)^beta
//   over the channels k from c - floor((size - 1) / 2) to c + ceil((size - 1) / 2) that exist
#pragma once

#include <cstdint>

namespace convoy::compute {

struct LrnParams {
  int64_t size = 5;  // at least 1
  float alpha = 1e-4F;
  float beta = 0.75F;
  float bias = 1;

  int64_t before() const { return (size - 1) / 2; }
  int64_t after() const { return size / 2; }

  friend bool operator==(const LrnParams&, const LrnParams&) = default;
};

}  // namespace convoy::compute
