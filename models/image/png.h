// PNG bytes to RGB pixels. Thread-safe.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/statusor.h"
#include "models/image/image.h"

namespace convoy::models {

bool IsPng(std::span<const std::byte> file);

// Every colour type and bit depth: gray and palette become RGB, 16-bit samples keep their upper
// byte, and what is transparent (alpha or tRNS) is laid over black. Gamma and colour profiles are
// not applied. The whole file is read: one that ends before IEND or fails a checksum is an
// INVALID_ARGUMENT.
absl::StatusOr<Image> DecodePng(std::span<const std::byte> file);

}  // namespace convoy::models
