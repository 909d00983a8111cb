#include "compute/tensor/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace convoy::compute {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(TensorTest, SpecGivesSizeAndText) {
  const TensorSpec spec{DType::kFloat32, {1, 3, 224, 224}};
  EXPECT_EQ(spec.elements(), 150528);
  EXPECT_EQ(spec.bytes(), 602112);
  EXPECT_EQ(spec.ToString(), "FP32[1x3x224x224]");
}

TEST(TensorTest, StartsAtZeroAndIsAligned) {
  const HostTensor tensor(TensorSpec{DType::kFloat32, {3, 7}});
  EXPECT_THAT(tensor.data<float>(), Each(0.0F));
  EXPECT_EQ(tensor.data<float>().size(), 21u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.bytes().data()) % 64, 0u);
}

TEST(TensorTest, HoldsWhatIsWritten) {
  HostTensor tensor = HostTensor::FromFloats({2, 2}, std::array{1.0F, 2.0F, 3.0F, 4.0F});
  tensor.mutable_data<float>()[2] = 9;
  EXPECT_THAT(tensor.view().data<float>(), ElementsAre(1, 2, 9, 4));
  const HostTensor moved = std::move(tensor);
  EXPECT_THAT(moved.data<float>(), ElementsAre(1, 2, 9, 4));
}

TEST(TensorTest, EmptyTensorHasNoBytes) {
  const HostTensor tensor(TensorSpec{DType::kInt64, {0, 5}});
  EXPECT_TRUE(tensor.bytes().empty());
}

}  // namespace
}  // namespace convoy::compute
