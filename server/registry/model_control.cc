#include "server/registry/model_control.h"

#include <algorithm>
#include <set>
#include <utility>

#include "compute/base/log.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

constexpr char kEveryModel[] = "*";

RepositoryStamps StampsOf(const models::Snapshot& snapshot) {
  RepositoryStamps stamps;
  for (const models::ModelEntry& entry : snapshot.models) {
    auto& versions = stamps[entry.name];
    for (const models::ModelSource& source : entry.versions) {
      versions[source.version] = source.stamp;
    }
  }
  return stamps;
}

bool HasSettled(const models::ModelSource& source, const RepositoryStamps& before) {
  const auto model = before.find(source.name);
  if (model == before.end()) return false;
  const auto stamp = model->second.find(source.version);
  return stamp != model->second.end() && stamp->second == source.stamp;
}

// Files that are as `before` saw them have settled; without `before` all have.
std::vector<WantedVersion> WantedOf(const models::ModelEntry& entry,
                                    const RepositoryStamps* before) {
  std::vector<WantedVersion> wanted;
  for (const models::ModelSource& source : entry.versions) {
    wanted.push_back({.version = source.version,
                      .stamp = source.stamp,
                      .settled = before == nullptr || HasSettled(source, *before)});
  }
  return wanted;
}

bool Contains(const std::vector<int64_t>& versions, int64_t version) {
  return std::ranges::find(versions, version) != versions.end();
}

}  // namespace

ModelControl::ModelControl(ControlSettings settings, const models::FileTree& files,
                           VersionLoader loader, Registry& registry, std::function<void()> changed)
    : settings_(std::move(settings)),
      files_(files),
      loader_(std::move(loader)),
      registry_(registry),
      changed_(std::move(changed)),
      thread_(settings_.poll_interval, [this] { return PollRound(); }) {}

absl::Status ModelControl::Start(const models::Snapshot& snapshot) {
  CONVOY_RETURN_IF_ERROR(thread_.Run([this, snapshot] { return StartRound(snapshot); }));
  if (settings_.mode == ControlMode::kPoll) thread_.StartTicking();
  takes_requests_ = true;
  return absl::OkStatus();
}

absl::Status ModelControl::Admit() const {
  if (settings_.mode != ControlMode::kExplicit) {
    // Triton's words, which clients test, whatever the mode.
    return absl::UnavailableError(
        "explicit model load / unload is not allowed if polling is enabled; this server allows it "
        "with --model-control-mode=explicit");
  }
  if (takes_requests_) return absl::OkStatus();
  return absl::UnavailableError("The server is loading its models; ask again when it is ready");
}

void ModelControl::Load(const std::string& name, const std::optional<std::string>& config_text,
                        Done done) {
  if (const absl::Status status = Admit(); !status.ok()) return done(status);
  thread_.Post([this, name, config_text] { return LoadNow(name, config_text); }, std::move(done));
}

void ModelControl::Unload(const std::string& name, Done done) {
  if (const absl::Status status = Admit(); !status.ok()) return done(status);
  thread_.Post([this, name] { return UnloadNow(name); }, std::move(done));
}

void ModelControl::Poll() {
  (void)thread_.Run([this] { return PollRound(); });
}

std::vector<VersionListing> ModelControl::Index() const {
  std::vector<VersionListing> index = registry_.List();
  std::set<std::string> known;
  for (const VersionListing& each : index) known.insert(each.name);
  for (const std::string& name : models::ListModels(files_, settings_.paths)) {
    if (!known.contains(name)) index.push_back({.name = name, .state = VersionState::kUntouched});
  }
  std::stable_sort(
      index.begin(), index.end(),
      [](const VersionListing& a, const VersionListing& b) { return a.name < b.name; });
  return index;
}

absl::Status ModelControl::StartRound(const models::Snapshot& snapshot) {
  const auto& chosen = settings_.startup_models;
  const bool all = settings_.mode != ControlMode::kExplicit ||
                   std::ranges::find(chosen, kEveryModel) != chosen.end();
  seen_ = StampsOf(snapshot);
  for (const std::string& name : chosen) {
    if (all || seen_.contains(name)) continue;
    return absl::NotFoundError(absl::StrFormat(
        "The repository has no model %s, which is to be loaded at the start", Quote(name)));
  }
  std::vector<const models::ModelEntry*> entries;
  for (const models::ModelEntry& entry : snapshot.models) {
    if (!all && std::ranges::find(chosen, entry.name) == chosen.end()) continue;
    entries.push_back(&entry);
    for (const models::ModelSource& source : entry.versions) {
      registry_.SetLoading(source.name, source.version);
    }
  }
  for (const models::ModelEntry* entry : entries) {
    if (entry->status.ok()) {
      (void)Apply(*entry, nullptr, FailedFiles::kRetry);
    } else {
      TellProblem(*entry);
    }
  }
  started_ = true;
  return absl::OkStatus();
}

absl::Status ModelControl::LoadNow(const std::string& name,
                                   const std::optional<std::string>& config_text) {
  const auto entry = models::ScanModel(files_, settings_.paths, name, config_text);
  const absl::Status status = entry.ok() ? entry->status : entry.status();
  if (status.ok()) return Apply(*entry, nullptr, FailedFiles::kRetry);
  // One that does not serve is not listed for it: a request may name anything.
  if (registry_.SetProblem(name, status)) held_[name].problem = std::string(status.message());
  compute::LogError("model %s does not load: %s", Quote(name), status.message());
  return absl::InternalError(
      absl::StrFormat("failed to load %s, failed to poll from model repository: %s", Quote(name),
                      status.message()));
}

absl::Status ModelControl::UnloadNow(const std::string& name) {
  if (held_.erase(name) > 0) compute::LogInfo("model %s is unloaded", Quote(name));
  registry_.UnloadAll(name);
  changed_();
  return absl::OkStatus();
}

absl::Status ModelControl::PollRound() {
  const auto snapshot = models::Scan(files_, settings_.paths);
  if (!snapshot.ok()) {
    const std::string problem(snapshot.status().message());
    if (problem != scan_problem_) {
      compute::LogWarning("the repository cannot be read, so no model changes: %s", problem);
    }
    scan_problem_ = problem;
    return absl::OkStatus();
  }
  scan_problem_.clear();
  const RepositoryStamps before = std::exchange(seen_, StampsOf(*snapshot));
  ForgetGone(before);
  for (const models::ModelEntry& entry : snapshot->models) {
    if (thread_.stopping()) break;
    if (entry.status.ok()) {
      (void)Apply(entry, &before, FailedFiles::kLeave);
    } else if (before.contains(entry.name)) {  // not just on its way in
      TellProblem(entry);
    }
  }
  return absl::OkStatus();
}

// Two looks must miss a model: it may be on its way in from elsewhere, or its volume be mounted
// anew.
void ModelControl::ForgetGone(const RepositoryStamps& before) {
  std::set<std::string> gone;
  for (const VersionListing& each : registry_.List()) {
    if (!before.contains(each.name) && !seen_.contains(each.name)) gone.insert(each.name);
  }
  for (const std::string& name : gone) {
    compute::LogInfo("model %s has left the repository and is unloaded", Quote(name));
    held_.erase(name);
    registry_.ForgetModel(name);
    changed_();
  }
}

void ModelControl::TellProblem(const models::ModelEntry& entry) {
  std::string& told = held_[entry.name].problem;
  if (told == entry.status.message()) return;
  told = std::string(entry.status.message());
  compute::LogError("model %s does not load: %s", Quote(entry.name), told);
  if (!registry_.SetProblem(entry.name, entry.status)) {
    registry_.SetFailed(entry.name, kNoVersion, entry.status);
  }
  changed_();
}

absl::Status ModelControl::Apply(const models::ModelEntry& entry, const RepositoryStamps* before,
                                 FailedFiles failed) {
  HeldModel& held = held_[entry.name];
  std::vector<HeldVersion> versions;
  for (const auto& [number, version] : held.versions) versions.push_back(version);
  const LoadPlan plan = PlanLoad(WantedOf(entry, before), versions, failed);
  Settle(entry.name, plan, held);
  LoadVersions(entry, plan, held);
  std::string failures;
  for (const auto& [number, why] : held.failures) {
    failures += absl::StrFormat(" version %d is at UNAVAILABLE state: %s;", number, why.message());
  }
  if (failures.empty()) {
    for (const int64_t version : plan.unload) {
      compute::LogInfo("model %s version %d is unloaded", Quote(entry.name), version);
      held.versions.erase(version);
      registry_.Unload(entry.name, version);
    }
    return absl::OkStatus();
  }
  // The opening is Triton's.
  return absl::InvalidArgumentError(
      absl::StrFormat("load failed for model %s:%s", Quote(entry.name), failures));
}

// What needs no load.
void ModelControl::Settle(const std::string& name, const LoadPlan& plan, HeldModel& held) {
  const bool had_problem = !std::exchange(held.problem, "").empty();
  bool restored = false;
  for (const int64_t version : plan.keep) {
    restored = held.failures.erase(version) > 0 || restored;
    held.versions[version].failed.reset();
  }
  for (const int64_t version : plan.forget) {
    held.versions.erase(version);
    held.failures.erase(version);
    registry_.Forget(name, version);
  }
  if (!had_problem && !restored && plan.forget.empty()) return;
  registry_.ClearProblem(name);
  for (const auto& [number, why] : held.failures) registry_.SetFailed(name, number, why);
  changed_();
}

void ModelControl::LoadVersions(const models::ModelEntry& entry, const LoadPlan& plan,
                                HeldModel& held) {
  if (plan.load.empty()) return;
  registry_.ForgetUnloaded(entry.name);
  for (const int64_t version : plan.load) registry_.SetLoading(entry.name, version);
  for (const models::ModelSource& source : entry.versions) {
    if (!Contains(plan.load, source.version)) continue;
    if (thread_.stopping()) return;  // whoever waits for this is answered
    HeldVersion& version = held.versions[source.version];
    version.version = source.version;
    version.failed.reset();
    held.failures.erase(source.version);
    if (const absl::Status status = LoadVersion(source); status.ok()) {
      version.serves = source.stamp;
    } else {
      version.failed = source.stamp;
      held.failures[source.version] = status;
    }
    changed_();
  }
}

absl::Status ModelControl::LoadVersion(const models::ModelSource& source) {
  absl::StatusOr<std::unique_ptr<ServedModel>> model = loader_(source);
  if (!model.ok()) {
    compute::LogError("model %s version %d does not load: %s", Quote(source.name), source.version,
                      model.status().message());
    registry_.SetFailed(source.name, source.version, model.status());
    return model.status();
  }
  registry_.Add(retired_.Hold(*std::move(model)));
  // The banner tells those of the start.
  if (started_) compute::LogInfo("model %s version %d serves", Quote(source.name), source.version);
  return absl::OkStatus();
}

}  // namespace convoy::server
