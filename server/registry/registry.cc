#include "server/registry/registry.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

// Names that a message lists; gRPC's metadata, which carries it, holds 16 KiB.
constexpr size_t kMaxListed = 8;

// "'lenet5', 'resnet50' and 3 more", or "none".
template <typename Map, typename Show>
std::string KeysOf(const Map& map, const Show& show) {
  std::string text;
  size_t listed = 0;
  for (const auto& [key, value] : map) {
    if (listed == kMaxListed) {
      return absl::StrFormat("%s and %d more", text, map.size() - listed);
    }
    text += absl::StrFormat("%s%s", listed == 0 ? "" : ", ", show(key));
    ++listed;
  }
  return text.empty() ? "none" : text;
}

absl::StatusOr<int64_t> ParseVersion(std::string_view text) {
  int64_t version = 0;
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  // Version 0 passes as a number: it is merely not there.
  if (!digits || !absl::SimpleAtoi(std::string(text), &version)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "failed to get model version from specified version string %s, version should be an "
        "integral value > 0",
        Quote(text)));
  }
  return version;
}

// What an unloaded version is called once no request holds it; stock clients look for it.
constexpr char kUnloaded[] = "unloaded";

}  // namespace

VersionState Registry::Shown(const Entry& entry) {
  const bool gone = entry.state == VersionState::kUnloading && entry.leaving.expired();
  return gone ? VersionState::kUnavailable : entry.state;
}

// The handle is for the caller to let go of, outside of the lock.
Registry::Handle Registry::Leave(Entry& entry) {
  Handle model = std::move(entry.model);
  entry = {.state = VersionState::kUnloading, .reason = kUnloaded, .leaving = model};
  return model;
}

void Registry::SetLoading(const std::string& name, int64_t version) {
  const std::lock_guard lock(mutex_);
  Entry& entry = models_[name][version];
  if (entry.model == nullptr) entry = {.state = VersionState::kLoading};
}

void Registry::Add(Handle model) {
  const std::string name = model->spec().name;
  const int64_t version = model->version();
  Entry entry{.state = VersionState::kReady, .model = std::move(model)};
  const std::lock_guard lock(mutex_);
  std::swap(models_[name][version], entry);
  // `entry`, which may hold the replaced copy, goes after the lock: it was declared before.
}

void Registry::SetFailed(const std::string& name, int64_t version, const absl::Status& why) {
  const std::lock_guard lock(mutex_);
  Entry& entry = models_[name][version];
  if (entry.model == nullptr) entry = {.state = VersionState::kUnavailable};
  entry.reason = std::string(why.message());
}

bool Registry::SetProblem(const std::string& name, const absl::Status& why) {
  const std::lock_guard lock(mutex_);
  const auto model = models_.find(name);
  bool serves = false;
  if (model == models_.end()) return serves;
  for (auto& [version, entry] : model->second) {
    if (entry.model == nullptr) continue;
    entry.reason = std::string(why.message());
    serves = true;
  }
  return serves;
}

void Registry::ClearProblem(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto model = models_.find(name);
  if (model == models_.end()) return;
  model->second.erase(kNoVersion);
  for (auto& [version, entry] : model->second) {
    if (entry.model != nullptr) entry.reason.clear();
  }
  if (model->second.empty()) models_.erase(model);
}

void Registry::Unload(const std::string& name, int64_t version) {
  Handle leaving;
  const std::lock_guard lock(mutex_);
  const auto model = models_.find(name);
  if (model == models_.end()) return;
  const auto entry = model->second.find(version);
  if (entry != model->second.end()) leaving = Leave(entry->second);
}

void Registry::UnloadAll(const std::string& name) {
  std::vector<Handle> leaving;
  const std::lock_guard lock(mutex_);
  const auto model = models_.find(name);
  if (model == models_.end()) return;
  model->second.erase(kNoVersion);
  for (auto& [version, entry] : model->second) {
    if (entry.state != VersionState::kUnloading) leaving.push_back(Leave(entry));
  }
  if (model->second.empty()) models_.erase(model);
}

void Registry::Forget(const std::string& name, int64_t version) {
  Versions::node_type leaving;
  const std::lock_guard lock(mutex_);
  const auto model = models_.find(name);
  if (model == models_.end()) return;
  leaving = model->second.extract(version);
  if (model->second.empty()) models_.erase(model);
}

void Registry::ForgetModel(const std::string& name) {
  decltype(models_)::node_type leaving;
  const std::lock_guard lock(mutex_);
  leaving = models_.extract(name);
}

void Registry::ForgetUnloaded(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto model = models_.find(name);
  if (model == models_.end()) return;
  std::erase_if(model->second, [](const auto& each) {
    return each.second.state == VersionState::kUnloading && each.second.leaving.expired();
  });
  if (model->second.empty()) models_.erase(model);
}

absl::StatusOr<Registry::Handle> Registry::AcquireLatest(std::string_view name,
                                                         const Versions& versions) const {
  bool loading = false;
  std::string reason;
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->second.state == VersionState::kReady) return it->second.model;
    loading = loading || it->second.state == VersionState::kLoading;
    if (reason.empty()) reason = it->second.reason;
  }
  if (loading) {
    return absl::UnavailableError(absl::StrFormat("Model %s is still loading", Quote(name)));
  }
  return absl::NotFoundError(absl::StrFormat(
      "Request for unknown model: %s has no available versions: %s", Quote(name), reason));
}

absl::StatusOr<Registry::Handle> Registry::Acquire(std::string_view name,
                                                   std::string_view version) const {
  const std::lock_guard lock(mutex_);
  int64_t number = 0;
  if (!version.empty()) {
    CONVOY_ASSIGN_OR_RETURN(number, ParseVersion(version));
  }
  const auto model = models_.find(name);
  if (model == models_.end()) {
    // "Request for unknown model" is what stock clients look for.
    return absl::NotFoundError(
        absl::StrFormat("Request for unknown model: %s is not found; this server has %s",
                        Quote(name), ModelNames()));
  }
  if (version.empty()) return AcquireLatest(name, model->second);
  const auto entry = model->second.find(number);
  if (entry == model->second.end()) {
    return absl::NotFoundError(absl::StrFormat(
        "Request for unknown model: %s version %d is not found; this server has %s", Quote(name),
        number, KeysOf(model->second, [](int64_t each) {
          return each == kNoVersion ? std::string("none yet") : std::to_string(each);
        })));
  }
  switch (entry->second.state) {
    case VersionState::kReady:
      return entry->second.model;
    case VersionState::kLoading:
      return absl::UnavailableError(
          absl::StrFormat("Model %s version %d is still loading", Quote(name), number));
    case VersionState::kUntouched:
    case VersionState::kUnloading:
    case VersionState::kUnavailable:
      break;
  }
  return absl::UnavailableError(absl::StrFormat("Model %s version %d is unavailable: %s",
                                                Quote(name), number, entry->second.reason));
}

absl::StatusOr<Registry::Handle> Registry::AcquireOnly() const {
  const std::lock_guard lock(mutex_);
  if (models_.size() == 1) return AcquireLatest(models_.begin()->first, models_.begin()->second);
  return absl::InvalidArgumentError(absl::StrFormat(
      "The request names no model, and this server has %d: %s", models_.size(), ModelNames()));
}

std::string Registry::ModelNames() const {
  return KeysOf(models_, [](const std::string& each) { return Quote(each); });
}

bool Registry::Knows(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return models_.find(name) != models_.end();
}

std::vector<int64_t> Registry::ReadyVersions(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  std::vector<int64_t> ready;
  const auto model = models_.find(name);
  if (model == models_.end()) return ready;
  for (const auto& [version, entry] : model->second) {
    if (entry.state == VersionState::kReady) ready.push_back(version);
  }
  return ready;
}

std::vector<VersionListing> Registry::List() const {
  const std::lock_guard lock(mutex_);
  std::vector<VersionListing> listings;
  for (const auto& [name, versions] : models_) {
    for (const auto& [version, entry] : versions) {
      const VersionState state = Shown(entry);
      listings.push_back(
          {.name = name,
           .version = version,
           .state = state,
           .reason = state == VersionState::kUnloading ? std::string() : entry.reason});
    }
  }
  return listings;
}

absl::Status Registry::CheckAllServe() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, versions] : models_) {
    const Entry* failed = nullptr;
    bool serves = false;
    for (const auto& [version, entry] : versions) {
      serves = serves || entry.state == VersionState::kReady;
      if (version != kNoVersion && entry.state == VersionState::kUnavailable) failed = &entry;
    }
    if (serves || failed == nullptr) continue;
    return absl::UnavailableError(
        absl::StrFormat("model %s does not serve: %s", Quote(name), failed->reason));
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
