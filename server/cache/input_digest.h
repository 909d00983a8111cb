// What a request asks, in 32 bytes: SHA-256 over its inputs' types, shapes and values. Clients that
// do not trust each other share a cache, so that nobody may be able to make two requests with one
// digest. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"

namespace convoy::server {

using InputDigest = std::array<uint8_t, 32>;

// RESOURCE_EXHAUSTED where OpenSSL finds no memory.
absl::StatusOr<InputDigest> DigestOf(std::span<const compute::TensorView> inputs);

}  // namespace convoy::server
