#include "models/config/serving_settings.h"

#include <algorithm>
#include <set>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

using compute::Quote;
using inference::ModelConfig;

constexpr uint64_t kMaxDelayUs = 3'600'000'000;     // an hour
constexpr uint64_t kMaxTimeoutUs = 86'400'000'000;  // a day
constexpr uint64_t kMaxPriorityLevels = 1024;
constexpr int64_t kMaxInstances = 64;  // each has memory of its own
constexpr size_t kMaxMetricTags = 64;
constexpr size_t kMaxMetricTagBytes = 256;

// Message and bounds of a number out of range.
absl::Status OutOfRange(const std::string& field, uint64_t given, uint64_t least, uint64_t most) {
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is %d; allowed are %d to %d", field, given, least, most));
}

absl::Duration ReadDuration(const std::string& field, uint64_t given_us, uint64_t most_us,
                            ConfigFaults& faults) {
  if (given_us > most_us) faults.Check(field, OutOfRange(field, given_us, 0, most_us));
  return absl::Microseconds(static_cast<int64_t>(std::min(given_us, most_us)));
}

QueuePolicy ReadPolicy(const inference::ModelQueuePolicy& given, const std::string& field,
                       bool preserve_ordering, ConfigFaults& faults) {
  QueuePolicy policy;
  if (given.timeout_action() == inference::ModelQueuePolicy::DELAY) {
    policy.timeout_action = TimeoutAction::kDelay;
    if (preserve_ordering) {
      faults.Check(field + ".timeout_action",
                   absl::InvalidArgumentError(absl::StrFormat(
                       "%s.timeout_action is DELAY, which breaks the order that preserve_ordering "
                       "asks for; allowed is REJECT",
                       field)));
    }
  }
  policy.default_timeout =
      ReadDuration(field + ".default_timeout_microseconds", given.default_timeout_microseconds(),
                   kMaxTimeoutUs, faults);
  policy.allow_timeout_override = given.allow_timeout_override();
  policy.max_queue_size = given.max_queue_size();
  return policy;
}

std::vector<int64_t> ReadPreferred(const inference::ModelDynamicBatching& given,
                                   int64_t max_batch_size, ConfigFaults& faults) {
  std::set<int64_t> sizes;
  for (int i = 0; i < given.preferred_batch_size_size(); ++i) {
    const int64_t size = given.preferred_batch_size(i);
    if (size >= 1 && size <= max_batch_size) {
      sizes.insert(size);
      continue;
    }
    faults.Check(absl::StrFormat("dynamic_batching.preferred_batch_size[%d]", i),
                 absl::InvalidArgumentError(absl::StrFormat(
                     "dynamic_batching.preferred_batch_size has %d; allowed are 1 to "
                     "max_batch_size, which is %d",
                     size, max_batch_size)));
  }
  return {sizes.begin(), sizes.end()};
}

void ReadPriorities(const inference::ModelDynamicBatching& given, BatchingSettings& settings,
                    ConfigFaults& faults) {
  const uint64_t levels = given.priority_levels();
  const std::string prefix = "dynamic_batching.";
  if (levels > kMaxPriorityLevels) {
    faults.Check(prefix + "priority_levels",
                 OutOfRange(prefix + "priority_levels", levels, 0, kMaxPriorityLevels));
    return;
  }
  settings.priority_levels = static_cast<int64_t>(levels);
  const uint64_t level = given.default_priority_level();
  if (levels == 0 ? level != 0 : level < 1 || level > levels) {
    // Of a level that is not set the number of levels has the place.
    faults.Check(prefix + (level == 0 ? "priority_levels" : "default_priority_level"),
                 OutOfRange(prefix + "default_priority_level", level, levels == 0 ? 0 : 1, levels));
  } else {
    settings.default_priority_level = static_cast<int64_t>(level);
  }
  if (settings.preserve_ordering && levels > 1) {
    faults.Check(prefix + "priority_levels",
                 absl::InvalidArgumentError(absl::StrFormat(
                     "dynamic_batching.priority_levels is %d, but preserve_ordering keeps the "
                     "order of arrival; allowed is 1",
                     levels)));
  }
  const std::map<uint64_t, inference::ModelQueuePolicy> policies(
      given.priority_queue_policy().begin(), given.priority_queue_policy().end());
  for (const auto& [key, policy] : policies) {
    const std::string field = absl::StrFormat("dynamic_batching.priority_queue_policy['%d']", key);
    if (key < 1 || key > levels) {
      faults.Check(field,
                   absl::InvalidArgumentError(absl::StrFormat(
                       "dynamic_batching.priority_queue_policy has level %d; allowed are 1 to "
                       "priority_levels, which is %d",
                       key, levels)));
      continue;
    }
    settings.queue_of_priority[static_cast<int64_t>(key)] =
        ReadPolicy(policy, field, settings.preserve_ordering, faults);
  }
}

absl::Status CheckGroup(const inference::ModelInstanceGroup& group) {
  if (group.count() < 0 || group.count() > kMaxInstances) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "instance_group.count is %d; allowed are 0 to %d", group.count(), kMaxInstances));
  }
  const bool on_gpu = group.kind() == inference::ModelInstanceGroup::KIND_GPU ||
                      group.kind() == inference::ModelInstanceGroup::KIND_AUTO;
  if (!on_gpu && group.gpus_size() > 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("instance_group %s has kind %s, but lists gpus", Quote(group.name()),
                        inference::ModelInstanceGroup::Kind_Name(group.kind())));
  }
  const auto negative =
      std::find_if(group.gpus().begin(), group.gpus().end(), [](int32_t gpu) { return gpu < 0; });
  if (negative == group.gpus().end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("instance_group.gpus has %d; GPUs are numbered from 0", *negative));
}

InstanceKind KindOf(inference::ModelInstanceGroup::Kind kind) {
  switch (kind) {
    case inference::ModelInstanceGroup::KIND_GPU:
      return InstanceKind::kGpu;
    case inference::ModelInstanceGroup::KIND_CPU:
      return InstanceKind::kCpu;
    case inference::ModelInstanceGroup::KIND_MODEL:
      return InstanceKind::kModel;
    default:
      return InstanceKind::kAuto;
  }
}

// A label name of Prometheus that no histogram uses itself.
bool IsLabelName(const std::string& name) {
  const auto letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  const auto word = [&](char c) { return letter(c) || c == '_' || (c >= '0' && c <= '9'); };
  return !name.empty() && (letter(name[0]) || name[0] == '_') && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), word) && name != "le" && name != "quantile";
}

}  // namespace

BatchingSettings ReadBatching(const ModelConfig& config, const ModelSpec& spec,
                              ConfigFaults& faults) {
  BatchingSettings settings;
  const inference::ModelDynamicBatching& given = config.dynamic_batching();
  settings.preferred_batch_sizes = ReadPreferred(given, spec.max_batch_size, faults);
  settings.max_queue_delay =
      ReadDuration("dynamic_batching.max_queue_delay_microseconds",
                   given.max_queue_delay_microseconds(), kMaxDelayUs, faults);
  settings.preserve_ordering = given.preserve_ordering();
  settings.queue = ReadPolicy(given.default_queue_policy(), "dynamic_batching.default_queue_policy",
                              settings.preserve_ordering, faults);
  ReadPriorities(given, settings, faults);
  return settings;
}

std::vector<InstanceGroup> ReadInstanceGroups(const ModelConfig& config, const ModelSpec& spec,
                                              ConfigFaults& faults) {
  std::vector<InstanceGroup> groups;
  int64_t total = 0;
  for (int i = 0; i < config.instance_group_size(); ++i) {
    const inference::ModelInstanceGroup& given = config.instance_group(i);
    const std::string field = absl::StrFormat("instance_group[%d]", i);
    const char* part = given.gpus_size() > 0 ? ".gpus" : ".count";
    if (!faults.Check(field + part, CheckGroup(given)) || given.passive()) continue;
    total += given.count();
    InstanceGroup group{.name = given.name(), .count = given.count(), .kind = KindOf(given.kind())};
    if (group.name.empty()) group.name = absl::StrFormat("%s_%d", spec.name, groups.size());
    group.gpus.assign(given.gpus().begin(), given.gpus().end());
    groups.push_back(std::move(group));
  }
  if (total > kMaxInstances) {
    faults.Check("instance_group", OutOfRange("the sum of all instance_group.count",
                                              static_cast<uint64_t>(total), 0, kMaxInstances));
  }
  return groups;
}

VersionPolicy ReadVersionPolicy(const ModelConfig& config, ConfigFaults& faults) {
  VersionPolicy policy;
  const inference::ModelVersionPolicy& given = config.version_policy();
  if (given.has_all()) policy.kind = VersionPolicy::Kind::kAll;
  if (given.has_latest()) policy.latest = std::max<int64_t>(1, given.latest().num_versions());
  if (!given.has_specific()) return policy;
  policy.kind = VersionPolicy::Kind::kSpecific;
  policy.specific.assign(given.specific().versions().begin(), given.specific().versions().end());
  for (int i = 0; i < given.specific().versions_size(); ++i) {
    if (given.specific().versions(i) >= 0) continue;
    faults.Check(absl::StrFormat("version_policy.specific.versions[%d]", i),
                 absl::InvalidArgumentError(absl::StrFormat(
                     "version_policy.specific has version %d; versions are numbered from 0",
                     given.specific().versions(i))));
  }
  return policy;
}

std::map<std::string, std::string> ReadMetricTags(const ModelConfig& config, ConfigFaults& faults) {
  std::map<std::string, std::string> tags(config.metric_tags().begin(), config.metric_tags().end());
  if (tags.size() > kMaxMetricTags) {
    faults.Check("metric_tags",
                 OutOfRange("the number of metric_tags", tags.size(), 0, kMaxMetricTags));
  }
  for (const auto& [key, value] : tags) {
    const std::string field = absl::StrFormat("metric_tags['%s']", key);
    if (!IsLabelName(key)) {
      faults.Check(field, absl::InvalidArgumentError(absl::StrFormat(
                              "metric_tags has the key %s; allowed are letters, digits and '_', "
                              "no digit and no '__' in front, and neither 'le' nor 'quantile'",
                              Quote(key))));
    }
    if (value.size() > kMaxMetricTagBytes) {
      faults.Check(field, absl::InvalidArgumentError(
                              absl::StrFormat("metric_tags %s has %d bytes; allowed are %d",
                                              Quote(key), value.size(), kMaxMetricTagBytes)));
    }
  }
  return tags;
}

}  // namespace convoy::models
