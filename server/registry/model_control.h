// Decides which models are loaded, and loads them: at the start, on request, or as the files
// change. A changed version is loaded and warmed beside the old one, which serves until the new one
// does and ends with its last request; where the new one fails, the old one stays.
//
//   ModelControl control({.mode = ControlMode::kPoll, .paths = paths}, files, loader, registry,
//                        on_change);
//   CONVOY_RETURN_IF_ERROR(control.Start(snapshot));           // blocks until all is loaded
//   control.Load("lenet5", std::nullopt, [](absl::Status status) { ... });     // kExplicit
//
// One thread loads, one model after the other. Thread-safe. What the constructor takes by reference
// must outlive it; the destructor waits for a load that runs.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "models/repository/repository.h"
#include "server/registry/control_mode.h"
#include "server/registry/job_thread.h"
#include "server/registry/load_plan.h"
#include "server/registry/registry.h"
#include "server/registry/retired_models.h"

namespace convoy::server {

struct ControlSettings {
  ControlMode mode = ControlMode::kNone;
  std::vector<std::string> paths;
  std::vector<std::string> startup_models;  // kExplicit: names, or "*" for all
  absl::Duration poll_interval = absl::Seconds(15);
};

// Makes one version ready to serve: read, compiled, warm. Called by one thread at a time.
using VersionLoader =
    std::function<absl::StatusOr<std::unique_ptr<ServedModel>>(const models::ModelSource& source)>;

// Stamps by model and version, as one look at the repository found them. A model without versions
// is in it too.
using RepositoryStamps = std::map<std::string, std::map<int64_t, std::string>>;

class ModelControl {
 public:
  using Done = JobThread::Done;

  // `changed` is called, from the loading thread, whenever the registry may say something else.
  ModelControl(ControlSettings settings, const models::FileTree& files, VersionLoader loader,
               Registry& registry, std::function<void()> changed);

  // Loads what the mode wants, then polls in mode kPoll. Blocks. What does not load is in the
  // registry with its reason; an error is only NOT_FOUND for a startup model that is not there.
  absl::Status Start(const models::Snapshot& snapshot);

  // Answer exactly once, from any thread, perhaps before they return. Load answers when the model
  // serves; `config_text` stands in for its config.pbtxt. Unload answers once the model takes no
  // more requests. UNAVAILABLE unless the mode is kExplicit, before Start is done, after Stop, and
  // when too many wait; INTERNAL when the repository has no such model or its config is wrong,
  // INVALID_ARGUMENT when a version of it does not load.
  void Load(const std::string& name, const std::optional<std::string>& config_text, Done done);
  void Unload(const std::string& name, Done done);

  // One round of mode kPoll now. Blocks.
  void Poll();

  // What serves or failed, and the models of the repository that nobody asked for. Reads
  // directories.
  std::vector<VersionListing> Index() const;

  // As JobThread's: what waits is answered, nothing more starts; Finish also waits for the load
  // that runs.
  void Stop() { thread_.Stop(); }
  void Finish() { thread_.Finish(); }
  bool loading() const { return thread_.busy(); }

 private:
  // What the loading thread knows of one model.
  struct HeldModel {
    std::map<int64_t, HeldVersion> versions;
    std::map<int64_t, absl::Status> failures;  // of the versions whose `failed` is set
    std::string problem;  // with the model as a whole, as the log has told it; empty: none
  };

  absl::Status Admit() const;

  // What follows runs in the loading thread.
  absl::Status StartRound(const models::Snapshot& snapshot);
  absl::Status LoadNow(const std::string& name, const std::optional<std::string>& config_text);
  absl::Status UnloadNow(const std::string& name);
  absl::Status PollRound();
  void ForgetGone(const RepositoryStamps& before);
  void TellProblem(const models::ModelEntry& entry);
  // Brings one model to what its files say. The error lists the versions that do not load.
  absl::Status Apply(const models::ModelEntry& entry, const RepositoryStamps* before,
                     FailedFiles failed);
  void Settle(const std::string& name, const LoadPlan& plan, HeldModel& held);
  void LoadVersions(const models::ModelEntry& entry, const LoadPlan& plan, HeldModel& held);
  absl::Status LoadVersion(const models::ModelSource& source);

  const ControlSettings settings_;
  const models::FileTree& files_;
  const VersionLoader loader_;
  Registry& registry_;
  const std::function<void()> changed_;
  RetiredModels retired_;
  std::atomic<bool> takes_requests_ = false;

  // Of the loading thread alone.
  std::map<std::string, HeldModel> held_;
  RepositoryStamps seen_;     // by the last look at the whole repository
  std::string scan_problem_;  // with the repository, as the log has told it
  bool started_ = false;

  JobThread thread_;  // last: its thread uses the others
};

}  // namespace convoy::server
