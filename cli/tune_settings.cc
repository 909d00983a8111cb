#include "cli/tune_settings.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_format.h"

namespace convoy::cli {
namespace {

constexpr absl::Duration kUsualLimit = absl::Milliseconds(15);
constexpr int64_t kDelaysPerLimit = 3;
constexpr size_t kDelays = 3;
constexpr int64_t kMostInstances = 4;

std::vector<int64_t> PowersOfTwo(int64_t least, int64_t most) {
  std::vector<int64_t> powers;
  for (int64_t power = 1; power <= most; power *= 2) {
    if (power >= least) powers.push_back(power);
  }
  return powers;
}

// 1, 2, 5, 10, 20, ... microseconds, the largest ones up to `most`, ascending.
std::vector<int64_t> RoundDelays(int64_t most) {
  std::vector<int64_t> delays;
  for (int64_t decade = 1; decade <= most; decade *= 10) {
    for (const int64_t digit : {1, 2, 5}) {
      if (digit * decade <= most) delays.push_back(digit * decade);
    }
  }
  if (delays.size() > kDelays) delays.erase(delays.begin(), delays.end() - kDelays);
  return delays;
}

// On a logarithmic scale, on which 0 lies below 1.
double Distance(int64_t a, int64_t b) {
  const auto height = [](int64_t value) {
    return value > 0 ? std::log2(static_cast<double>(value)) : -1.0;
  };
  return std::abs(height(a) - height(b));
}

std::vector<int64_t> NearestFirst(std::vector<int64_t> values, int64_t current) {
  if (std::ranges::count(values, current) == 0) values.push_back(current);
  std::ranges::stable_sort(
      values, [&](int64_t a, int64_t b) { return Distance(a, current) < Distance(b, current); });
  return values;
}

}  // namespace

std::vector<std::string> AllTuneAxisNames() { return {"batch", "delay", "preferred", "instances"}; }

std::vector<TuneAxis> MakeAxes(const TuneRange& range) {
  const TuneSettings& current = range.current;
  const int64_t largest = std::max(range.largest_batch, current.max_batch);
  std::vector<TuneAxis> axes;
  const auto add = [&](const char* name, int64_t TuneSettings::*field,
                       std::vector<int64_t> values) {
    values = NearestFirst(std::move(values), current.*field);
    if (std::ranges::count(range.names, name) == 0 || values.size() == 1) return;
    axes.push_back({name, field, std::move(values)});
  };
  if (current.max_batch > 0) {
    add("batch", &TuneSettings::max_batch, PowersOfTwo(range.rows_per_call, largest));
    std::vector<int64_t> delays =
        RoundDelays(absl::ToInt64Microseconds(range.limit.value_or(kUsualLimit)) / kDelaysPerLimit);
    delays.insert(delays.begin(), 0);
    add("delay", &TuneSettings::delay_us, std::move(delays));
    std::vector<int64_t> preferred =
        PowersOfTwo(std::max<int64_t>(2, range.rows_per_call), largest / 2);
    preferred.push_back(0);
    add("preferred", &TuneSettings::preferred_batch, std::move(preferred));
  }
  if (range.several_groups) return axes;
  // Where lanes are parts of the device, as many instances as lanes are what it does by itself.
  const int64_t most = range.narrow_lanes ? std::min(kMostInstances, range.lanes - 1)
                                          : std::max(kMostInstances, range.lanes);
  std::vector<int64_t> instances = PowersOfTwo(1, most);
  std::erase(instances, range.lanes);
  instances.push_back(0);
  add("instances", &TuneSettings::instances, std::move(instances));
  return axes;
}

TuneSettings Sensible(TuneSettings settings) {
  if (settings.max_batch <= 1) settings.delay_us = 0;
  if (settings.delay_us == 0 || settings.preferred_batch >= settings.max_batch) {
    settings.preferred_batch = 0;
  }
  return settings;
}

TuneSettings SettingsOf(const inference::ModelConfig& config) {
  const inference::ModelDynamicBatching& batching = config.dynamic_batching();
  TuneSettings settings{.max_batch = config.max_batch_size(),
                        .delay_us = static_cast<int64_t>(batching.max_queue_delay_microseconds())};
  if (batching.preferred_batch_size_size() > 0) {
    settings.preferred_batch = batching.preferred_batch_size(0);
  }
  if (config.instance_group_size() > 0) settings.instances = config.instance_group(0).count();
  return settings;
}

models::BatchingEdit EditBetween(const TuneSettings& from, const TuneSettings& to, bool whole) {
  models::BatchingEdit edit;
  if (from.max_batch != to.max_batch || (whole && to.max_batch > 0)) {
    edit.max_batch_size = to.max_batch;
  }
  if (from.delay_us != to.delay_us) edit.max_queue_delay_us = to.delay_us;
  if (from.preferred_batch != to.preferred_batch) {
    edit.preferred_batch_sizes.emplace();
    if (to.preferred_batch > 0) edit.preferred_batch_sizes->push_back(to.preferred_batch);
  }
  if (from.instances != to.instances) edit.instance_count = to.instances;
  return edit;
}

std::string ToString(const TuneSettings& settings) {
  std::string text;
  if (settings.max_batch > 0) {
    text = absl::StrFormat("batch %d, delay %s", settings.max_batch,
                           absl::FormatDuration(absl::Microseconds(settings.delay_us)));
  }
  if (settings.preferred_batch > 0) {
    text += absl::StrFormat(", preferred %d", settings.preferred_batch);
  }
  if (settings.instances > 0) {
    text += absl::StrFormat("%sinstances %d", text.empty() ? "" : ", ", settings.instances);
  }
  return text.empty() ? "instances as the device has lanes" : text;
}

}  // namespace convoy::cli
