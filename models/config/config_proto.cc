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
  if (config.input(0).format() == inference::ModelInput::FORMAT_NONE) {
    // Stock image clients refuse an input without a format.
    config.mutable_input(0)->set_format(image.layout == ImageLayout::kNchw
                                            ? inference::ModelInput::FORMAT_NCHW
                                            : inference::ModelInput::FORMAT_NHWC);
  }
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

inference::ModelInput::Format ToProto(TensorFormat format) {
  switch (format) {
    case TensorFormat::kNhwc:
      return inference::ModelInput::FORMAT_NHWC;
    case TensorFormat::kNchw:
      return inference::ModelInput::FORMAT_NCHW;
    case TensorFormat::kNone:
      break;
  }
  return inference::ModelInput::FORMAT_NONE;
}

inference::ModelInstanceGroup::Kind ToProto(InstanceKind kind) {
  switch (kind) {
    case InstanceKind::kGpu:
      return inference::ModelInstanceGroup::KIND_GPU;
    case InstanceKind::kCpu:
      return inference::ModelInstanceGroup::KIND_CPU;
    case InstanceKind::kModel:
      return inference::ModelInstanceGroup::KIND_MODEL;
    case InstanceKind::kAuto:
      break;
  }
  return inference::ModelInstanceGroup::KIND_AUTO;
}

// What ModelInput and ModelOutput have in common.
template <typename ConfigTensor>
void SetTensor(const TensorDeclaration& from, ConfigTensor& to) {
  to.set_name(from.name);
  to.set_data_type(ToProto(from.dtype));
  to.mutable_dims()->Assign(from.dims.begin(), from.dims.end());
  if (!from.network_dims.has_value()) return;
  to.mutable_reshape()->mutable_shape()->Assign(from.network_dims->begin(),
                                                from.network_dims->end());
}

void SetTensors(const ModelSpec& spec, ModelConfig& config) {
  for (const TensorDeclaration& input : spec.inputs) {
    SetTensor(input, *config.add_input());
    config.mutable_input(config.input_size() - 1)->set_format(ToProto(input.format));
  }
  for (const TensorDeclaration& output : spec.outputs) {
    SetTensor(output, *config.add_output());
    config.mutable_output(config.output_size() - 1)->set_label_filename(output.label_filename);
  }
}

uint64_t Microseconds(absl::Duration duration) {
  return static_cast<uint64_t>(absl::ToInt64Microseconds(duration));
}

void SetPolicy(const QueuePolicy& policy, inference::ModelQueuePolicy& to) {
  to.set_timeout_action(policy.timeout_action == TimeoutAction::kDelay
                            ? inference::ModelQueuePolicy::DELAY
                            : inference::ModelQueuePolicy::REJECT);
  to.set_default_timeout_microseconds(Microseconds(policy.default_timeout));
  to.set_allow_timeout_override(policy.allow_timeout_override);
  to.set_max_queue_size(static_cast<uint32_t>(policy.max_queue_size));
}

void SetBatching(const BatchingSettings& from, inference::ModelDynamicBatching& to) {
  for (const int64_t size : from.preferred_batch_sizes) {
    to.add_preferred_batch_size(static_cast<int32_t>(size));
  }
  to.set_max_queue_delay_microseconds(Microseconds(from.max_queue_delay));
  to.set_preserve_ordering(from.preserve_ordering);
  to.set_priority_levels(static_cast<uint64_t>(from.priority_levels));
  to.set_default_priority_level(static_cast<uint64_t>(from.default_priority_level));
  if (from.queue != QueuePolicy()) SetPolicy(from.queue, *to.mutable_default_queue_policy());
  for (const auto& [level, policy] : from.queue_of_priority) {
    SetPolicy(policy, (*to.mutable_priority_queue_policy())[static_cast<uint64_t>(level)]);
  }
}

void SetVersionPolicy(const VersionPolicy& from, inference::ModelVersionPolicy& to) {
  switch (from.kind) {
    case VersionPolicy::Kind::kAll:
      to.mutable_all();
      break;
    case VersionPolicy::Kind::kLatest:
      to.mutable_latest()->set_num_versions(static_cast<uint32_t>(from.latest));
      break;
    case VersionPolicy::Kind::kSpecific:
      to.mutable_specific()->mutable_versions()->Assign(from.specific.begin(), from.specific.end());
      break;
  }
}

void SetInstanceGroups(const ModelSpec& spec, ModelConfig& config) {
  for (const InstanceGroup& group : spec.instance_groups) {
    inference::ModelInstanceGroup& to = *config.add_instance_group();
    to.set_name(group.name);
    to.set_count(static_cast<int32_t>(group.count));
    to.set_kind(ToProto(group.kind));
    for (const int64_t gpu : group.gpus) to.add_gpus(static_cast<int32_t>(gpu));
  }
}

void SetWarmupInput(const WarmupInput& from, inference::ModelWarmup::Input& to) {
  to.set_data_type(ToProto(from.dtype));
  to.mutable_dims()->Assign(from.dims.begin(), from.dims.end());
  switch (from.data) {
    case WarmupData::kZero:
      to.set_zero_data(true);
      break;
    case WarmupData::kRandom:
      to.set_random_data(true);
      break;
    case WarmupData::kFile:
      to.set_input_data_file(from.file);
      break;
  }
}

void SetWarmup(const ModelSpec& spec, ModelConfig& config) {
  for (const WarmupSample& sample : spec.warmup) {
    inference::ModelWarmup& to = *config.add_model_warmup();
    to.set_name(sample.name);
    to.set_batch_size(static_cast<uint32_t>(sample.batch_size));
    to.set_count(static_cast<uint32_t>(sample.count));
    for (const WarmupInput& input : sample.inputs) {
      SetWarmupInput(input, (*to.mutable_inputs())[input.name]);
    }
  }
}

}  // namespace

ModelConfig ToConfigProto(const ModelSpec& spec) {
  ModelConfig config;
  config.set_name(spec.name);
  config.set_platform(spec.platform);
  config.set_backend(spec.platform == "onnxruntime_onnx" ? "onnxruntime" : spec.platform);
  config.set_max_batch_size(static_cast<int32_t>(spec.max_batch_size));
  config.set_default_model_filename(spec.model_filename);
  SetVersionPolicy(spec.version_policy, *config.mutable_version_policy());
  SetTensors(spec, config);
  if (spec.max_batch_size > 1 || spec.batching != BatchingSettings()) {
    SetBatching(spec.batching, *config.mutable_dynamic_batching());
  }
  SetInstanceGroups(spec, config);
  SetWarmup(spec, config);
  if (spec.response_cache) config.mutable_response_cache()->set_enable(true);
  config.mutable_metric_tags()->insert(spec.metric_tags.begin(), spec.metric_tags.end());
  for (const auto& [key, value] : spec.parameters) SetParameter(key, value, config);
  if (spec.image.has_value()) SetImage(*spec.image, config);
  SetParameter("classify_softmax", spec.classify_softmax ? "true" : "false", config);
  return config;
}

}  // namespace convoy::models
