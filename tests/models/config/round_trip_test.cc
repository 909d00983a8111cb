// Any spec, printed as a config and parsed again with the same file, is the same spec.
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <random>

#include "models/config/config_file.h"
#include "models/config/config_proto.h"
#include "models/config/make_spec.h"

namespace convoy::models {
namespace {

// Seeded choices.
class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}
  int64_t Roll(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random_() % static_cast<uint64_t>(most - least + 1));
  }
  bool Coin() { return Roll(0, 1) == 1; }
  std::string Word() {
    static const char* const words[] = {
        "a", "B_1", "with space", "quote'\"", "line\nbreak", "\xc3\xa9t\xc3\xa9", "['x']", "key:1"};
    return words[Roll(0, 7)] + std::to_string(Roll(0, 99));
  }

 private:
  std::mt19937_64 random_;
};

struct Case {
  FileDeclarations file;
  ModelSpec spec;
};

// A tensor and the file's declaration of it.
TensorDeclaration RandomTensor(Dice& dice, int64_t index, bool batched,
                               std::vector<FileDeclarations::Tensor>& file) {
  TensorDeclaration tensor;
  tensor.name = dice.Word() + "#" + std::to_string(index);
  tensor.dtype = static_cast<compute::DType>(dice.Roll(0, 11));
  const int64_t rank = dice.Roll(1, 4);
  for (int64_t i = 0; i < rank; ++i) tensor.dims.push_back(dice.Coin() ? -1 : dice.Roll(1, 9));
  if (dice.Coin()) {
    tensor.network_dims = tensor.dims;
    tensor.network_dims->insert(tensor.network_dims->begin(), 1);
  }
  FileDeclarations::Tensor declared{tensor, true};
  declared.declaration.dims = tensor.network_dims.value_or(tensor.dims);
  if (batched) declared.declaration.dims.insert(declared.declaration.dims.begin(), kAnyExtent);
  file.push_back(declared);
  return tensor;
}

QueuePolicy RandomPolicy(Dice& dice, bool may_delay) {
  return {
      .timeout_action = may_delay && dice.Coin() ? TimeoutAction::kDelay : TimeoutAction::kReject,
      .default_timeout = absl::Microseconds(dice.Roll(0, 1'000'000)),
      .allow_timeout_override = dice.Coin(),
      .max_queue_size = dice.Roll(0, 100)};
}

BatchingSettings RandomBatching(Dice& dice, int64_t max_batch_size) {
  BatchingSettings batching;
  for (int64_t size = 1; size <= max_batch_size; size *= 3) {
    if (dice.Coin()) batching.preferred_batch_sizes.push_back(size);
  }
  batching.max_queue_delay = absl::Microseconds(dice.Roll(0, 1000));
  batching.preserve_ordering = dice.Coin();
  if (dice.Coin()) {
    batching.priority_levels = batching.preserve_ordering ? 1 : dice.Roll(1, 1024);
    batching.default_priority_level = dice.Roll(1, batching.priority_levels);
    const int64_t level = dice.Roll(1, batching.priority_levels);
    batching.queue_of_priority[level] = RandomPolicy(dice, !batching.preserve_ordering);
  }
  if (dice.Coin()) batching.queue = RandomPolicy(dice, !batching.preserve_ordering);
  return batching;
}

std::vector<WarmupSample> RandomWarmup(Dice& dice, const ModelSpec& spec) {
  WarmupSample sample{.name = dice.Word(),
                      .batch_size = dice.Roll(0, std::max<int64_t>(1, spec.max_batch_size)),
                      .count = dice.Roll(1, 9)};
  for (const TensorDeclaration& input : spec.inputs) {
    WarmupInput given{.name = input.name, .dtype = input.dtype, .dims = input.dims};
    for (int64_t& dim : given.dims) dim = dim == kAnyExtent ? dice.Roll(1, 9) : dim;
    given.data = static_cast<WarmupData>(dice.Roll(0, 2));
    if (given.data == WarmupData::kFile) given.file = dice.Word();
    sample.inputs.push_back(given);
  }
  return {sample};
}

void RollTheRest(Dice& dice, ModelSpec& spec) {
  spec.platform = dice.Coin() ? "convoy" : "onnxruntime_onnx";
  spec.classify_softmax = dice.Coin();
  spec.version_policy.kind = static_cast<VersionPolicy::Kind>(dice.Roll(0, 2));
  if (spec.version_policy.kind == VersionPolicy::Kind::kLatest) {
    spec.version_policy.latest = dice.Roll(1, 5);
  } else if (spec.version_policy.kind == VersionPolicy::Kind::kSpecific) {
    spec.version_policy.specific = {dice.Roll(0, 9), dice.Roll(0, 9)};
  }
  spec.model_filename = dice.Word();
  for (int64_t i = dice.Roll(0, 2); i > 0; --i) {
    InstanceGroup group{.name = dice.Word(),
                        .count = dice.Roll(0, 9),
                        .kind = static_cast<InstanceKind>(dice.Roll(0, 3))};
    if (group.kind == InstanceKind::kGpu || dice.Coin()) group.kind = InstanceKind::kGpu;
    if (group.kind == InstanceKind::kGpu) group.gpus = {dice.Roll(0, 3)};
    spec.instance_groups.push_back(group);
  }
  spec.response_cache = dice.Coin();
  if (dice.Coin()) spec.metric_tags["tag_" + std::to_string(dice.Roll(0, 9))] = dice.Word();
  if (dice.Coin()) spec.parameters[dice.Word()] = dice.Word();
  if (dice.Coin()) spec.warmup = RandomWarmup(dice, spec);
}

Case RandomCase(uint64_t seed) {
  Dice dice(seed);
  Case result;
  ModelSpec& spec = result.spec;
  spec.name = dice.Word();
  spec.max_batch_size = dice.Coin() ? dice.Roll(1, 100) : 0;
  const bool batched = spec.max_batch_size > 0;
  // Two at least: what a lone image input brings along is rolled below.
  for (int64_t i = dice.Roll(2, 3); i > 0; --i) {
    spec.inputs.push_back(RandomTensor(dice, i, batched, result.file.inputs));
    if (spec.inputs.back().dims.size() == 3) {
      spec.inputs.back().format = static_cast<TensorFormat>(dice.Roll(0, 2));
    }
  }
  for (int64_t i = dice.Roll(1, 3); i > 0; --i) {
    spec.outputs.push_back(RandomTensor(dice, i, batched, result.file.outputs));
    if (dice.Coin()) spec.outputs.back().label_filename = dice.Word();
  }
  spec.batching = RandomBatching(dice, spec.max_batch_size);
  RollTheRest(dice, spec);
  return result;
}

// The spec of `given` written as text (or JSON) and read again.
absl::StatusOr<ModelSpec> Again(const Case& given, bool json) {
  const inference::ModelConfig config = ToConfigProto(given.spec);
  std::string text;
  if (json) {
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(config, &text).ok());
  } else {
    EXPECT_TRUE(google::protobuf::TextFormat::PrintToString(config, &text));
  }
  const auto parsed = ParseConfig(text, "c");
  if (!parsed.ok()) return parsed.status();
  return MakeSpec(given.spec.name, *parsed, given.file, 8);
}

TEST(RoundTripTest, AnySpecComesBackFromItsConfig) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Case given = RandomCase(seed);
    for (const bool json : {false, true}) {
      const auto again = Again(given, json);
      ASSERT_TRUE(again.ok()) << seed << ": " << again.status() << "\n"
                              << ToConfigProto(given.spec).DebugString();
      ASSERT_TRUE(*again == given.spec) << seed << ":\n"
                                        << ToConfigProto(given.spec).DebugString() << "not\n"
                                        << ToConfigProto(*again).DebugString();
    }
  }
}

TEST(RoundTripTest, ImagesComeBackToo) {
  for (const ImageLayout layout : {ImageLayout::kNchw, ImageLayout::kNhwc}) {
    const bool nchw = layout == ImageLayout::kNchw;
    const std::vector<int64_t> dims =
        nchw ? std::vector<int64_t>{3, -1, 20} : std::vector<int64_t>{-1, 20, 3};
    Case given;
    given.spec.name = "net";
    given.spec.platform = "convoy";
    given.spec.max_batch_size = 4;
    given.spec.inputs = {{"x", compute::DType::kFloat32, dims}};
    given.spec.inputs[0].format = nchw ? TensorFormat::kNchw : TensorFormat::kNhwc;
    given.spec.outputs = {{"y", compute::DType::kFloat32, {10}}};
    given.spec.image = ImageSettings{.height = 12,
                                     .width = 20,
                                     .color = ColorOrder::kBgr,
                                     .layout = layout,
                                     .resize = ResizeRule::kShorterSide,
                                     .resize_size = 33,
                                     .scale = 1.0F / 3,
                                     .mean = {0.1F, -2.5e-8F, 123.675F},
                                     .std = {1.0F / 7, 58.4F, 1}};
    given.file.inputs = {{given.spec.inputs[0], true}};
    given.file.inputs[0].declaration.dims.insert(given.file.inputs[0].declaration.dims.begin(),
                                                 kAnyExtent);
    given.file.outputs = {{{"y", compute::DType::kFloat32, {kAnyExtent, 10}}, true}};
    const auto again = Again(given, false);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(*again == given.spec) << ToConfigProto(*again).DebugString();
  }
}

}  // namespace
}  // namespace convoy::models
