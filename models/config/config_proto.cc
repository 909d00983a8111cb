#include "models/config/config_proto.h"

#include <string>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

using inference::ModelConfig;

inference::DataType ToProto(compute::DType dtype) {
  inference::DataType result = inference::TYPE_INVALID;
  inference::DataType_Parse(absl::StrFormat("TYPE_%s", compute::NameOf(dtype)), &result);
  return result;
}

const char* NameOf(ColorOrder color) {
  switch (color) {
    case ColorOrder::kRgb:
      return "rgb";
    case ColorOrder::kBgr:
      return "bgr";
    case ColorOrder::kGray:
      return "gray";
  }
  return "";
}

void SetParameter(const std::string& key, std::string value, ModelConfig& config) {
  (*config.mutable_parameters())[key].set_string_value(std::move(value));
}

void SetImage(const ImageSettings& image, ModelConfig& config) {
  const auto set = [&](const char* key, std::string value) {
    SetParameter(key, std::move(value), config);
  };
  const auto list = [](const std::array<float, 3>& values) {
    return absl::StrFormat("%.9g,%.9g,%.9g", values[0], values[1], values[2]);
  };
  // Stock image clients refuse an input without a format.
  config.mutable_input(0)->set_format(image.layout == ImageLayout::kNchw
                                          ? inference::ModelInput::FORMAT_NCHW
                                          : inference::ModelInput::FORMAT_NHWC);
  set("image_size", absl::StrFormat("%dx%d", image.height, image.width));
  set("image_color", NameOf(image.color));
  set("image_layout", image.layout == ImageLayout::kNchw ? "nchw" : "nhwc");
  set("image_resize", image.resize == ResizeRule::kStretch
                          ? "stretch"
                          : absl::StrFormat("shorter_side:%d", image.resize_size));
  set("image_scale", absl::StrFormat("%.9g", image.scale));
  set("image_mean", list(image.mean));
  set("image_std", list(image.std));
}

}  // namespace

ModelConfig ToConfigProto(const ModelSpec& spec) {
  ModelConfig config;
  config.set_name(spec.name);
  config.set_platform(spec.platform);
  config.set_backend(spec.platform == "onnxruntime_onnx" ? "onnxruntime" : spec.platform);
  config.set_max_batch_size(static_cast<int32_t>(spec.max_batch_size));
  config.set_default_model_filename("model.onnx");
  for (const TensorDeclaration& input : spec.inputs) {
    inference::ModelInput& to = *config.add_input();
    to.set_name(input.name);
    to.set_data_type(ToProto(input.dtype));
    to.mutable_dims()->Assign(input.dims.begin(), input.dims.end());
  }
  for (const TensorDeclaration& output : spec.outputs) {
    inference::ModelOutput& to = *config.add_output();
    to.set_name(output.name);
    to.set_data_type(ToProto(output.dtype));
    to.mutable_dims()->Assign(output.dims.begin(), output.dims.end());
  }
  if (spec.max_batch_size > 1) {
    inference::ModelDynamicBatching& batching = *config.mutable_dynamic_batching();
    batching.set_max_queue_delay_microseconds(
        static_cast<uint64_t>(absl::ToInt64Microseconds(spec.max_queue_delay)));
    if (spec.max_queue_size > 0) {
      batching.mutable_default_queue_policy()->set_max_queue_size(
          static_cast<uint32_t>(spec.max_queue_size));
    }
  }
  if (spec.image.has_value()) SetImage(*spec.image, config);
  SetParameter("classify_softmax", spec.classify_softmax ? "true" : "false", config);
  return config;
}

}  // namespace convoy::models
