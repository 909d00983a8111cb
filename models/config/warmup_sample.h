// Requests that a model runs before it counts as ready: config.pbtxt's `model_warmup`. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compute/tensor/dtype.h"

namespace convoy::models {

enum class WarmupData { kZero, kRandom, kFile };

struct WarmupInput {
  std::string name;
  compute::DType dtype = compute::DType::kFloat32;
  std::vector<int64_t> dims;  // of one row, as requests see it: without the batch dimension
  WarmupData data = WarmupData::kZero;
  std::string file;  // kFile: below the model directory's warmup/; the bytes of one row

  friend bool operator==(const WarmupInput&, const WarmupInput&) = default;
};

struct WarmupSample {
  std::string name;
  int64_t batch_size = 1;  // requests of one row that run as one batch; 0: the sample is left out
  int64_t count = 1;       // times that it runs
  std::vector<WarmupInput> inputs;  // one an input of the model, in its order

  friend bool operator==(const WarmupSample&, const WarmupSample&) = default;
};

}  // namespace convoy::models
