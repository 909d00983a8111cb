#include "models/config/config_proto.h"

#include <gtest/gtest.h>

namespace convoy::models {
namespace {

ModelSpec ImageModel(ImageLayout layout) {
  ModelSpec spec;
  spec.name = "photos";
  spec.platform = "convoy";
  spec.max_batch_size = 8;
  spec.inputs = {{"image", compute::DType::kFloat32, {3, 32, 32}}};
  spec.outputs = {{"scores", compute::DType::kFloat32, {10}}};
  spec.image = ImageSettings{.height = 32, .width = 32, .layout = layout};
  return spec;
}

TEST(ToConfigProto, TellsTheFormatOfAnImageInput) {
  EXPECT_EQ(ToConfigProto(ImageModel(ImageLayout::kNchw)).input(0).format(),
            inference::ModelInput::FORMAT_NCHW);
  EXPECT_EQ(ToConfigProto(ImageModel(ImageLayout::kNhwc)).input(0).format(),
            inference::ModelInput::FORMAT_NHWC);
}

TEST(ToConfigProto, LeavesTheFormatOfOtherInputsOpen) {
  ModelSpec spec = ImageModel(ImageLayout::kNchw);
  spec.image.reset();
  EXPECT_EQ(ToConfigProto(spec).input(0).format(), inference::ModelInput::FORMAT_NONE);
}

TEST(ToConfigProto, CarriesShapesTypesAndBatching) {
  const inference::ModelConfig config = ToConfigProto(ImageModel(ImageLayout::kNchw));
  EXPECT_EQ(config.max_batch_size(), 8);
  EXPECT_EQ(config.input(0).dims_size(), 3);
  EXPECT_EQ(config.input(0).data_type(), inference::TYPE_FP32);
  EXPECT_EQ(config.output(0).name(), "scores");
  EXPECT_TRUE(config.has_dynamic_batching());
}

}  // namespace
}  // namespace convoy::models
