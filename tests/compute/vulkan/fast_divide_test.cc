#include "compute/vulkan/fast_divide.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

// What FastDivide of shaders/include/tensor.glsl computes, in its 32 bits.
uint32_t DivideAsShader(uint32_t n, const Divider& divider) {
  const auto high = static_cast<uint32_t>((uint64_t{n} * divider.multiplier) >> 32);
  return (high + n) >> divider.shift;
}

TEST(FastDivideTest, DividesLikeIntegers) {
  constexpr uint32_t kLast = (uint32_t{1} << 31) - 1;
  for (const uint32_t divisor : {1u, 2u, 3u, 5u, 7u, 13u, 16u, 49u, 56u, 112u, 640u, 641u, 50176u,
                                 65535u, 65536u, 1000003u, (1u << 30) + 1, kLast}) {
    const Divider divider = MakeDivider(divisor);
    for (uint32_t n = 0; n < 3000; ++n) ASSERT_EQ(DivideAsShader(n, divider), n / divisor);
    for (uint64_t multiple = divisor; multiple <= kLast; multiple += multiple / 3 + 1) {
      for (const uint64_t n : {multiple / divisor * divisor - 1, multiple / divisor * divisor}) {
        ASSERT_EQ(DivideAsShader(static_cast<uint32_t>(n), divider), n / divisor)
            << n << " / " << divisor;
      }
    }
    ASSERT_EQ(DivideAsShader(kLast, divider), kLast / divisor);
  }
}

}  // namespace
}  // namespace convoy::compute
