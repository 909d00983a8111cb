#include "models/inspect/random_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace convoy::testing {
namespace {

using compute::DType;
using compute::HostTensor;
using ::testing::Each;
using ::testing::Lt;

// Inputs of these types, 1000 elements each.
compute::Plan PlanOf(const std::vector<DType>& types) {
  compute::Plan plan;
  for (const DType type : types) {
    plan.inputs.push_back(static_cast<int>(plan.values.size()));
    plan.values.push_back({"x", {type, {1000}}, nullptr});
  }
  return plan;
}

TEST(RandomInputsTest, TheSeedDecides) {
  const compute::Plan plan = PlanOf({DType::kFloat32});
  const auto bytes = [&](uint64_t seed) {
    const HostTensor tensor = std::move(models::RandomInputs(plan, seed)[0]);
    return std::string(reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size());
  };
  EXPECT_EQ(bytes(1), bytes(1));
  EXPECT_NE(bytes(1), bytes(2));
}

TEST(RandomInputsTest, ValuesSuitTheirType) {
  const std::vector<HostTensor> inputs = models::RandomInputs(
      PlanOf({DType::kFloat32, DType::kInt64, DType::kUint8, DType::kBool, DType::kFloat16}), 3);
  double sum = 0;
  for (const float value : inputs[0].data<float>()) {
    EXPECT_GE(value, -1);
    EXPECT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 1000, 0, 0.06);
  EXPECT_THAT(inputs[1].data<int64_t>(), Each(Lt(10)));
  EXPECT_THAT(inputs[2].data<uint8_t>(), Each(Lt(10)));
  EXPECT_THAT(inputs[3].data<uint8_t>(), Each(Lt(2)));
  for (const uint16_t bits : inputs[4].data<uint16_t>()) {
    EXPECT_LE(bits & 0x7fff, 0x3c00) << "beyond 1";
  }
}

}  // namespace
}  // namespace convoy::testing
