// The models that infer_fuzz.cc decodes for, and for which seeds.cc makes requests.
#pragma once

#include <vector>

#include "models/config/model_spec.h"

namespace convoy::testing {

inline constexpr int64_t kRegionBytes = 256;  // of the shared region "r"

// "net": batches, an open extent, labels. "pictures": BYTES of image files. "plain": no batch
// dimension, every element type.
inline std::vector<models::ModelSpec> FuzzSpecs() {
  using compute::DType;
  const models::ImageSettings image{.height = 3, .width = 2, .color = models::ColorOrder::kGray};
  return {{.name = "net",
           .max_batch_size = 4,
           .inputs = {{"A", DType::kFloat32, {2}}, {"B", DType::kInt8, {models::kAnyExtent}}},
           .outputs = {{"X", DType::kFloat32, {3}},
                       {"H", DType::kFloat16, {2}},
                       {"L", DType::kInt64, {2, 2}}},
           .labels = {"cat", "", "dog"}},
          {.name = "pictures",
           .max_batch_size = 8,
           .inputs = {{"P", DType::kFloat32, {1, 3, 2}}},
           .outputs = {{"X", DType::kFloat32, {4}}},
           .image = image},
          {.name = "plain",
           .inputs = {{"f", DType::kFloat64, {2, models::kAnyExtent}},
                      {"h", DType::kFloat16, {1}},
                      {"b", DType::kBool, {2}},
                      {"u", DType::kUint8, {3}},
                      {"s", DType::kInt16, {1}},
                      {"i", DType::kInt32, {1}},
                      {"l", DType::kInt64, {models::kAnyExtent}}},
           .outputs = {{"d", DType::kFloat64, {2}}, {"b", DType::kBool, {2}}}}};
}

}  // namespace convoy::testing
