// Tensors of any element type as 32-bit words, one an element: how Vulkan kernels hold them.
//
//   FP16, FP32, FP64    the bits of the value as FP32
//   INT8 ... INT64      the bits of the value as a signed 32-bit integer
//   UINT8 ... UINT64    the bits of the value as an unsigned 32-bit integer
//   BOOL                0 or 1
//
// Pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// True where the words are the tensor's own bytes: FP32, INT32, UINT32.
bool IsWord(DType dtype);

// Bytes of all words.
inline int64_t WordBytes(const TensorSpec& spec) { return spec.elements() * 4; }

// `words` has an entry an element. OUT_OF_RANGE names the first 64-bit integer that a word cannot
// hold.
absl::Status ToWords(const TensorView& tensor, std::span<uint32_t> words);

// The way back. An integer that the type cannot hold keeps its low bits.
void FromWords(std::span<const uint32_t> words, const MutableTensorView& tensor);

}  // namespace convoy::compute
