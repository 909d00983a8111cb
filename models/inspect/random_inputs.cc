#include "models/inspect/random_inputs.h"

#include <random>
#include <type_traits>

#include "compute/tensor/visit.h"

namespace convoy::models {
namespace {

using compute::Bool;
using compute::DType;
using compute::HostTensor;

// Not std::uniform_*_distribution: what those give is the library's choice.
template <typename T>
void Fill(std::span<T> values, std::mt19937_64& random) {
  for (T& value : values) {
    const uint64_t bits = random() >> 11;  // 53
    if constexpr (std::is_same_v<T, Bool>) {
      value = Bool((bits & 1) != 0);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(bits % 10);
    } else {
      value = T(static_cast<float>(static_cast<double>(bits) * 0x1p-52 - 1));
    }
  }
}

}  // namespace

std::vector<HostTensor> RandomInputs(const compute::Plan& plan, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<HostTensor> inputs;
  for (const int input : plan.inputs) {
    HostTensor tensor(plan.values[input].spec);
    VisitElements(tensor.mutable_view(), [&](auto values) { Fill(values, random); });
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

}  // namespace convoy::models
