// A ModelControl over files in memory, whose loader serves gated models. A model file that says
// "broken" does not load; one that says "gated" waits, while it loads, until OpenLoads.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "compute/base/clock.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "server/registry/model_control.h"
#include "tests/support/fake_file_tree.h"
#include "tests/support/gated_runner.h"

namespace convoy::testing {

class ControlTest : public ::testing::Test {
 protected:
  // A storm of loads is a storm of lines.
  void SetUp() override { compute::SetLogLevel(compute::LogLevel::kError); }

  // Called when the registry has changed, by the loading thread.
  virtual void OnChange() {}

  void MakeControl(server::ControlSettings settings) {
    settings.paths = {"/r"};
    settings.poll_interval = absl::Hours(100);  // tests poll by hand
    control_ = std::make_unique<server::ModelControl>(
        std::move(settings), files_, [this](const models::ModelSource& s) { return LoadOne(s); },
        registry_, [this] { OnChange(); });
  }
  absl::Status Start() {
    const auto snapshot = models::Scan(files_, std::vector<std::string>{"/r"});
    return snapshot.ok() ? control_->Start(*snapshot) : snapshot.status();
  }
  // In mode kExplicit without models, which TearDown's order makes safe to use from threads.
  void StartExplicit() {
    MakeControl({.mode = server::ControlMode::kExplicit});
    files_.AddDirectory("/r");
    ASSERT_TRUE(Start().ok());
  }
  void TearDown() override {
    OpenLoads();
    control_.reset();
    compute::SetLogLevel(compute::LogLevel::kInfo);
  }

  absl::Status Load(const std::string& name,
                    const std::optional<std::string>& config = std::nullopt) {
    std::promise<absl::Status> answer;
    control_->Load(name, config, [&](const absl::Status& status) { answer.set_value(status); });
    return answer.get_future().get();
  }
  absl::Status Unload(const std::string& name) {
    std::promise<absl::Status> answer;
    control_->Unload(name, [&](const absl::Status& status) { answer.set_value(status); });
    return answer.get_future().get();
  }

  // "net:1 READY; net:2 UNAVAILABLE (why)", or "none".
  std::string Index() const {
    static constexpr const char* kNames[] = {"UNTOUCHED", "LOADING", "READY", "UNLOADING",
                                             "UNAVAILABLE"};
    std::string text;
    for (const server::VersionListing& each : control_->Index()) {
      text += text.empty() ? "" : "; ";
      text += each.name;
      if (each.version != server::kNoVersion) text += absl::StrFormat(":%d", each.version);
      text += absl::StrFormat(" %s", kNames[static_cast<int>(each.state)]);
      if (!each.reason.empty()) text += absl::StrFormat(" (%s)", each.reason);
    }
    return text.empty() ? "none" : text;
  }

  int loads() const { return loads_; }
  void AwaitLoads(int count) {
    std::unique_lock lock(mutex_);
    loading_.wait(lock, [&] { return loads_ >= count; });
  }
  void OpenLoads() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    loading_.notify_all();
  }

  compute::SystemClock clock_;
  FakeFileTree files_;
  server::Registry registry_;
  std::unique_ptr<server::ModelControl> control_;

 private:
  absl::StatusOr<std::unique_ptr<server::ServedModel>> LoadOne(const models::ModelSource& source) {
    CONVOY_ASSIGN_OR_RETURN(const std::string text, files_.Read(source.model_path, 1 << 20));
    {
      std::unique_lock lock(mutex_);
      ++loads_;
      loading_.notify_all();
      if (text == "gated") loading_.wait(lock, [this] { return open_; });
    }
    if (text == "broken") return absl::InvalidArgumentError("the file is broken");
    auto runner = std::make_unique<GatedRunner>();
    runner->Open();
    return std::make_unique<server::ServedModel>(
        models::ModelSpec{.name = source.name, .max_batch_size = 4}, source.version,
        std::move(runner), nullptr, server::QueueDefaults{}, clock_);
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable loading_;
  std::atomic<int> loads_ = 0;
  bool open_ = false;
};

}  // namespace convoy::testing
