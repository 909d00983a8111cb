#include "server/metrics/trace_settings.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

constexpr int64_t kMaxSetting = std::numeric_limits<uint32_t>::max();

absl::Status SetNumber(const std::string& key, const std::vector<std::string>& values,
                       int64_t lowest, std::optional<int64_t>& setting) {
  setting.reset();
  if (values.empty()) return absl::OkStatus();
  if (values.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' takes one value, got %d", key, values.size()));
  }
  int64_t value = 0;
  if (!absl::SimpleAtoi(values[0], &value) || value < lowest || value > kMaxSetting) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Unable to parse '%s', got: %s; it is a whole number from %d to %d", key,
                        Quote(values[0]), lowest, kMaxSetting));
  }
  setting = value;
  return absl::OkStatus();
}

}  // namespace

absl::Status TraceSettings::SetLevel(const std::vector<std::string>& values, Own& own) {
  own.level.reset();
  if (values.empty()) return absl::OkStatus();
  Levels levels;
  for (const std::string& value : values) {
    if (value == "TIMESTAMPS") {
      levels.timestamps = true;
    } else if (value == "TENSORS") {
      levels.tensors = true;
    } else if (value != "OFF" || values.size() > 1) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Unable to parse 'trace_level', got: %s; it is OFF alone, or TIMESTAMPS, TENSORS or both",
          Quote(value)));
    }
  }
  own.level = levels;
  return absl::OkStatus();
}

absl::Status TraceSettings::Set(const std::string& key, const std::vector<std::string>& values,
                                Own& own) {
  if (key == "trace_level") return SetLevel(values, own);
  if (key == "trace_rate") return SetNumber(key, values, 1, own.rate);
  if (key == "trace_count") return SetNumber(key, values, -1, own.count);
  if (key == "log_frequency") return SetNumber(key, values, 0, own.log_frequency);
  if (key == "trace_file") {
    return absl::UnimplementedError(
        "trace file location can not be updated through network protocol");
  }
  if (key == "trace_mode") {
    return absl::UnimplementedError("trace mode can not be updated through network protocol");
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is no trace setting; there are trace_level, trace_rate, trace_count and "
                      "log_frequency",
                      Quote(key)));
}

absl::Status TraceSettings::Update(const std::string& model, const SettingValues& changes) {
  const std::lock_guard lock(mutex_);
  const auto known = models_.find(model);
  Own changed = model.empty() ? global_ : known == models_.end() ? Own{} : known->second;
  for (const auto& [key, values] : changes) CONVOY_RETURN_IF_ERROR(Set(key, values, changed));
  (model.empty() ? global_ : models_[model]) = changed;
  Publish();
  return absl::OkStatus();
}

void TraceSettings::Overlay(const Own& own, TraceChoice& choice) {
  if (own.level.has_value()) {
    choice.timestamps = own.level->timestamps;
    choice.tensors = own.level->tensors;
  }
  choice.rate = own.rate.value_or(choice.rate);
  choice.count = own.count.value_or(choice.count);
  choice.log_frequency = own.log_frequency.value_or(choice.log_frequency);
}

TraceChoice TraceSettings::For(std::string_view model) const {
  const std::lock_guard lock(mutex_);
  return Resolve(model);
}

bool TraceSettings::Take(std::string_view model) {
  const int64_t every = every_.load(std::memory_order_relaxed);
  if (every == kNobody) return false;
  if (every != kAskTheModel) {
    if (requests_.fetch_add(1, std::memory_order_relaxed) % every != 0) return false;
    const std::lock_guard lock(mutex_);
    return CountDown(model, Resolve(model));
  }
  const std::lock_guard lock(mutex_);
  const TraceChoice choice = Resolve(model);
  if (!choice.timestamps || choice.count == 0) return false;
  if (requests_.fetch_add(1, std::memory_order_relaxed) % choice.rate != 0) return false;
  return CountDown(model, choice);
}

// Takes one of the traces still to be made; false when there is none.
bool TraceSettings::CountDown(std::string_view model, const TraceChoice& choice) {
  if (!choice.timestamps || choice.count == 0) return false;
  const auto own = models_.find(model);
  std::optional<int64_t>& count =
      own != models_.end() && own->second.count.has_value() ? own->second.count : global_.count;
  if (choice.count > 0) count = choice.count - 1;
  Publish();
  return true;
}

void TraceSettings::SetRate(int64_t rate) {
  const std::lock_guard lock(mutex_);
  global_.level = Levels{.timestamps = true};
  global_.rate = rate;
  Publish();
}

void TraceSettings::Publish() {
  if (!models_.empty()) {
    every_ = kAskTheModel;
    return;
  }
  TraceChoice choice;
  Overlay(global_, choice);
  every_ = choice.timestamps && choice.count != 0 ? choice.rate : kNobody;
}

TraceChoice TraceSettings::Resolve(std::string_view model) const {
  TraceChoice choice;
  Overlay(global_, choice);
  if (const auto own = models_.find(model); own != models_.end()) Overlay(own->second, choice);
  return choice;
}

SettingValues TraceSettings::ValuesFor(std::string_view model) const {
  const TraceChoice choice = For(model);
  std::vector<std::string> levels;
  if (choice.timestamps) levels.emplace_back("TIMESTAMPS");
  if (choice.tensors) levels.emplace_back("TENSORS");
  if (levels.empty()) levels.emplace_back("OFF");
  return {{"trace_level", levels},
          {"trace_rate", {absl::StrFormat("%d", choice.rate)}},
          {"trace_count", {absl::StrFormat("%d", choice.count)}},
          {"log_frequency", {absl::StrFormat("%d", choice.log_frequency)}},
          {"trace_file", {""}},
          {"trace_mode", {"triton"}}};
}

}  // namespace convoy::server
