#include "compute/tensor/words.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "compute/base/status.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {

bool IsWord(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kInt32 || dtype == DType::kUint32;
}

absl::Status ToWords(const TensorView& tensor, std::span<uint32_t> words) {
  if (IsWord(tensor.spec.dtype)) {
    std::memcpy(words.data(), tensor.bytes.data(), words.size_bytes());
    return absl::OkStatus();
  }
  return VisitElements(tensor, [&]<typename T>(std::span<const T> values) -> absl::Status {
    for (size_t i = 0; i < words.size(); ++i) {
      if constexpr (std::is_same_v<T, Bool>) {
        words[i] = static_cast<bool>(values[i]) ? 1 : 0;
      } else if constexpr (std::is_integral_v<T>) {
        using Word = std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>;
        if (!std::in_range<Word>(values[i])) {
          return absl::OutOfRangeError(
              absl::StrFormat("element %d is %d, but %s has 32 bits on Vulkan: %d to %d", i,
                              values[i], NameOf(tensor.spec.dtype),
                              std::numeric_limits<Word>::min(), std::numeric_limits<Word>::max()));
        }
        words[i] = static_cast<uint32_t>(values[i]);
      } else {
        words[i] = std::bit_cast<uint32_t>(static_cast<float>(values[i]));
      }
    }
    return absl::OkStatus();
  });
}

void FromWords(std::span<const uint32_t> words, const MutableTensorView& tensor) {
  if (IsWord(tensor.spec.dtype)) {
    std::memcpy(tensor.bytes.data(), words.data(), words.size_bytes());
    return;
  }
  VisitElements(tensor, [&]<typename T>(std::span<T> values) {
    for (size_t i = 0; i < words.size(); ++i) {
      if constexpr (std::is_same_v<T, Bool>) {
        values[i] = Bool(words[i] != 0);
      } else if constexpr (std::is_signed_v<T> && std::is_integral_v<T>) {
        values[i] = static_cast<T>(static_cast<int32_t>(words[i]));
      } else if constexpr (std::is_integral_v<T>) {
        values[i] = static_cast<T>(words[i]);
      } else {
        values[i] = T(std::bit_cast<float>(words[i]));
      }
    }
  });
}

}  // namespace convoy::compute
