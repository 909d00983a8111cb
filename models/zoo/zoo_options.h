// What every network of the zoo can be asked for; the header of each says what its own values are.
// Plain data.
#pragma once

#include <cstdint>

namespace convoy::models {

struct ZooOptions {
  int64_t size = 0;      // samples, pixels or voxels of every extent; 0 = the network's own
  int64_t width = 0;     // channels of the first layer, the rest in proportion; 0 = its own
  int64_t classes = 0;   // 0 = its own
  int64_t batch = 0;     // 0 = symbolic, named "batch"
  bool softmax = false;  // end in probabilities, not in logits
  uint64_t seed = 1;     // of the weights; the same seed gives the same bytes everywhere
};

}  // namespace convoy::models
