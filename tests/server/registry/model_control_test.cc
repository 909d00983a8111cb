#include "server/registry/model_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/support/control_fixture.h"

namespace convoy::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ModelControlTest : public testing::ControlTest {
 protected:
  void StartPolling() {
    MakeControl({.mode = ControlMode::kPoll});
    ASSERT_TRUE(Start().ok());
  }
  // A change is taken up by the second look that finds it the same.
  void PollTwice() {
    control_->Poll();
    control_->Poll();
  }
  int64_t LatestOf(const std::string& name) {
    const auto model = registry_.Acquire(name, "");
    return model.ok() ? (*model)->version() : 0;
  }
};

TEST_F(ModelControlTest, WithoutControlAllModelsLoadAndNoneMayChange) {
  files_.AddFile("/r/a/1/model.onnx");
  files_.AddFile("/r/b/2/model.onnx", "broken");
  MakeControl({});
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(Index(), "a:1 READY; b:2 UNAVAILABLE (the file is broken)");
  for (const absl::Status& status : {Load("a"), Unload("a")}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("explicit model load / unload is not allowed if polling is enabled"));
  }
}

TEST_F(ModelControlTest, ExplicitStartsWithTheModelsItNames) {
  files_.AddFile("/r/a/1/model.onnx");
  files_.AddFile("/r/b/1/model.onnx");
  MakeControl({.mode = ControlMode::kExplicit, .startup_models = {"b"}});
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(Index(), "a UNTOUCHED; b:1 READY");
  MakeControl({.mode = ControlMode::kExplicit, .startup_models = {"*"}});
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(Index(), "a:1 READY; b:1 READY");
  MakeControl({.mode = ControlMode::kExplicit, .startup_models = {"c"}});
  EXPECT_THAT(Start().ToString(), AllOf(HasSubstr("NOT_FOUND"), HasSubstr("'c'")));
}

TEST_F(ModelControlTest, LoadAndUnloadOnRequest) {
  StartExplicit();
  files_.AddFile("/r/net/1/model.onnx");
  EXPECT_EQ(Index(), "net UNTOUCHED");
  ASSERT_TRUE(Load("net").ok());
  EXPECT_EQ(Index(), "net:1 READY");
  ASSERT_TRUE(Load("net").ok());  // unchanged
  EXPECT_EQ(loads(), 1);
  ASSERT_TRUE(Unload("net").ok());
  EXPECT_EQ(Index(), "net:1 UNAVAILABLE (unloaded)");
  EXPECT_EQ(registry_.Acquire("net", "").status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Unload("net").ok());
  ASSERT_TRUE(Unload("nosuch").ok());
  ASSERT_TRUE(Load("net").ok());
  EXPECT_EQ(Index(), "net:1 READY");
  EXPECT_EQ(loads(), 2);
}

TEST_F(ModelControlTest, AHeldVersionUnloadsWhenItIsLetGo) {
  StartExplicit();
  files_.AddFile("/r/net/1/model.onnx");
  ASSERT_TRUE(Load("net").ok());
  Registry::Handle held = *registry_.Acquire("net", "");
  ASSERT_TRUE(Unload("net").ok());
  EXPECT_EQ(Index(), "net:1 UNLOADING");
  held.reset();
  EXPECT_EQ(Index(), "net:1 UNAVAILABLE (unloaded)");
}

TEST_F(ModelControlTest, ARequestForWhatThereIsNotLeavesNoTrace) {
  StartExplicit();
  for (const std::string name : {"nosuch", "", "..", "../r/net", "/r/net", "net/1"}) {
    const absl::Status status = Load(name);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << name;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("', failed to poll from model repository"));
  }
  EXPECT_EQ(Index(), "none");
}

TEST_F(ModelControlTest, AModelThatDoesNotLoadSaysWhyAndIsTriedAgain) {
  StartExplicit();
  files_.AddFile("/r/net/1/model.onnx", "broken");
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = Load("net");
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(),
              "load failed for model 'net': version 1 is at UNAVAILABLE state: the file is "
              "broken;");
  }
  EXPECT_EQ(loads(), 2);
  EXPECT_EQ(Index(), "net:1 UNAVAILABLE (the file is broken)");
  EXPECT_THAT(std::string(registry_.CheckAllServe().message()), HasSubstr("'net'"));
  ASSERT_TRUE(Unload("net").ok());
  EXPECT_TRUE(registry_.CheckAllServe().ok());
}

TEST_F(ModelControlTest, AFailedReloadKeepsTheOldOneAndSaysWhy) {
  StartExplicit();
  files_.AddFile("/r/net/1/model.onnx");
  ASSERT_TRUE(Load("net").ok());
  const Registry::Handle old = *registry_.Acquire("net", "");
  files_.AddFile("/r/net/1/model.onnx", "broken");
  EXPECT_FALSE(Load("net").ok());
  EXPECT_EQ(Index(), "net:1 READY (the file is broken)");
  files_.AddFile("/r/net/config.pbtxt", "what is this");
  EXPECT_EQ(Load("net").code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Index(), AllOf(HasSubstr("net:1 READY"), HasSubstr("config.pbtxt")));
  EXPECT_EQ(*registry_.Acquire("net", ""), old);
  EXPECT_TRUE(registry_.CheckAllServe().ok());
  files_.Remove("/r/net/config.pbtxt");
  files_.AddFile("/r/net/1/model.onnx", "good");
  ASSERT_TRUE(Load("net").ok());
  EXPECT_EQ(Index(), "net:1 READY");
  EXPECT_NE(*registry_.Acquire("net", ""), old);
}

TEST_F(ModelControlTest, AGivenConfigStandsInForTheFile) {
  StartExplicit();
  files_.AddFile("/r/net/1/model.onnx");
  files_.AddFile("/r/net/2/model.onnx");
  ASSERT_TRUE(Load("net").ok());
  EXPECT_EQ(Index(), "net:2 READY");
  ASSERT_TRUE(Load("net", "version_policy { specific { versions: [ 1 ] } }").ok());
  EXPECT_EQ(LatestOf("net"), 1);
  EXPECT_EQ(Index(), "net:1 READY; net:2 UNAVAILABLE (unloaded)");
  EXPECT_EQ(Load("net", "no config").code(), absl::StatusCode::kInternal);
  EXPECT_EQ(LatestOf("net"), 1);
  ASSERT_TRUE(Load("net").ok());
  EXPECT_EQ(LatestOf("net"), 2);
}

TEST_F(ModelControlTest, PollingTakesUpNewVersionsOnceTheyHaveSettled) {
  files_.AddFile("/r/net/1/model.onnx");
  StartPolling();
  EXPECT_EQ(Index(), "net:1 READY");
  files_.AddFile("/r/net/2/model.onnx", "half");
  control_->Poll();
  EXPECT_EQ(LatestOf("net"), 1);
  files_.AddFile("/r/net/2/model.onnx", "all of it");  // still being copied
  control_->Poll();
  EXPECT_EQ(LatestOf("net"), 1);
  EXPECT_EQ(loads(), 1);
  control_->Poll();
  EXPECT_EQ(Index(), "net:1 UNAVAILABLE (unloaded); net:2 READY");
  control_->Poll();
  EXPECT_EQ(loads(), 2);
  EXPECT_EQ(Load("net").code(), absl::StatusCode::kUnavailable);
}

TEST_F(ModelControlTest, PollingReloadsForWeightsLabelsAndConfig) {
  files_.AddFile("/r/net/1/model.onnx");
  files_.AddFile("/r/net/1/parts/weights.bin", "1");
  files_.AddFile("/r/net/config.pbtxt", "output [ { name: 'y' label_filename: 'names.txt' } ]");
  files_.AddFile("/r/net/names.txt", "cat");
  files_.AddFile("/r/net/README.md", "a net");
  StartPolling();
  int expected = loads();
  for (const std::string path : {"1/parts/weights.bin", "names.txt", "config.pbtxt"}) {
    files_.AddFile("/r/net/" + path, path == "config.pbtxt" ? "" : "changed");
    PollTwice();
    EXPECT_EQ(loads(), ++expected) << path;
  }
  files_.AddFile("/r/net/README.md", "a good net");
  PollTwice();
  EXPECT_EQ(loads(), expected);
  EXPECT_EQ(Index(), "net:1 READY");
}

TEST_F(ModelControlTest, ABrokenNewVersionLeavesTheOldOneServing) {
  files_.AddFile("/r/net/1/model.onnx");
  StartPolling();
  files_.AddFile("/r/net/2/model.onnx", "broken");
  PollTwice();
  control_->Poll();
  EXPECT_EQ(loads(), 2);  // the same files are not tried again
  EXPECT_EQ(Index(), "net:1 READY; net:2 UNAVAILABLE (the file is broken)");
  EXPECT_TRUE(registry_.CheckAllServe().ok());
  files_.Remove("/r/net/2");
  PollTwice();
  EXPECT_EQ(Index(), "net:1 READY");
  EXPECT_EQ(loads(), 2);
}

TEST_F(ModelControlTest, ModelsComeAndGoWithTheirFolders) {
  files_.AddFile("/r/net/1/model.onnx");
  StartPolling();
  files_.AddFile("/r/late/1/model.onnx");
  files_.AddBrokenLink("/r/link");
  files_.AddSocket("/r/socket");
  PollTwice();
  EXPECT_EQ(Index(), "late:1 READY; net:1 READY");
  const Registry::Handle held = *registry_.Acquire("net", "");
  files_.Remove("/r/net");
  files_.AddFile("/r/renamed/1/model.onnx");
  control_->Poll();
  EXPECT_EQ(LatestOf("net"), 1);  // one look may miss it
  control_->Poll();
  EXPECT_EQ(Index(), "late:1 READY; renamed:1 READY");
  EXPECT_THAT(std::string(registry_.Acquire("net", "").status().message()),
              HasSubstr("'net' is not found"));
  EXPECT_EQ(held->version(), 1);
}

TEST_F(ModelControlTest, ARepositoryThatCannotBeReadChangesNothing) {
  files_.AddFile("/r/net/1/model.onnx");
  StartPolling();
  files_.Remove("/r");
  PollTwice();
  control_->Poll();
  EXPECT_EQ(LatestOf("net"), 1);
  files_.AddFile("/r/net/1/model.onnx");
  PollTwice();
  EXPECT_EQ(LatestOf("net"), 1);
}

TEST_F(ModelControlTest, AFolderOnItsWayInIsNotYetAFault) {
  files_.AddFile("/r/net/1/model.onnx");
  StartPolling();
  files_.AddDirectory("/r/new");
  control_->Poll();
  EXPECT_EQ(Index(), "net:1 READY; new UNTOUCHED");
  control_->Poll();
  EXPECT_THAT(Index(), HasSubstr("new UNAVAILABLE"));
  EXPECT_TRUE(registry_.CheckAllServe().ok());
  files_.AddFile("/r/new/1/model.onnx");
  PollTwice();
  EXPECT_EQ(Index(), "net:1 READY; new:1 READY");
}

TEST_F(ModelControlTest, TheVersionsOfThePolicyServe) {
  for (const char* version : {"1", "2", "3"}) {
    files_.AddFile(absl::StrFormat("/r/net/%s/model.onnx", version));
  }
  files_.AddFile("/r/net/config.pbtxt", "version_policy { all {} }");
  StartPolling();
  EXPECT_EQ(Index(), "net:1 READY; net:2 READY; net:3 READY");
  files_.Remove("/r/net/2");
  PollTwice();
  EXPECT_EQ(Index(), "net:1 READY; net:2 UNAVAILABLE (unloaded); net:3 READY");
  EXPECT_EQ(loads(), 3);
  files_.AddFile("/r/net/config.pbtxt", "version_policy { latest { num_versions: 1 } }");
  PollTwice();
  EXPECT_EQ(Index(), "net:1 UNAVAILABLE (unloaded); net:3 READY");
}

TEST_F(ModelControlTest, StopAnswersTheLoadThatRuns) {
  StartExplicit();
  files_.AddFile("/r/net/1/model.onnx", "gated");
  std::promise<absl::Status> answer;
  control_->Load("net", std::nullopt,
                 [&](const absl::Status& status) { answer.set_value(status); });
  AwaitLoads(1);
  EXPECT_EQ(Index(), "net:1 LOADING");
  EXPECT_TRUE(control_->loading());
  control_->Stop();
  EXPECT_EQ(answer.get_future().get().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Load("net").code(), absl::StatusCode::kUnavailable);
}

// Many threads load, unload, change files and ask; every accepted request is answered rightly.
TEST_F(ModelControlTest, AStormLosesNoRequest) {
  StartExplicit();
  constexpr int kRounds = 60;
  for (const char* name : {"a", "b"}) {
    files_.AddFile(absl::StrFormat("/r/%s/1/model.onnx", name));
    ASSERT_TRUE(Load(name).ok());
  }
  std::vector<std::thread> threads;
  for (const std::string name : {"a", "b"}) {
    threads.emplace_back([this, name] {
      for (int i = 0; i < kRounds; ++i) {
        files_.AddFile(absl::StrFormat("/r/%s/1/model.onnx", name), std::to_string(i));
        EXPECT_TRUE(Load(name).ok());
        if (i % 3 == 0) {
          EXPECT_TRUE(Unload(name).ok());
        }
      }
    });
    threads.emplace_back([this] {
      for (int i = 0; i < kRounds; ++i) (void)Index();
    });
  }
  std::atomic<int> accepted = 0;
  std::atomic<int> answered = 0;
  for (int client = 0; client < 3; ++client) {
    threads.emplace_back([&, client] {
      compute::HostTensor input(compute::TensorSpec{compute::DType::kFloat32, {1, 1}});
      for (int i = 0; i < 4 * kRounds; ++i) {
        auto model = registry_.Acquire(client % 2 == 0 ? "a" : "b", "");
        if (!model.ok()) continue;
        ++accepted;
        std::promise<bool> good;
        (*model)->Submit(
            {.inputs = {input.view()},
             .done = [&](const absl::StatusOr<Answer>& answer) { good.set_value(answer.ok()); }});
        if (good.get_future().get()) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, accepted);
  ASSERT_TRUE(Load("a").ok());
  ASSERT_TRUE(Load("b").ok());
  EXPECT_EQ(Index(), "a:1 READY; b:1 READY");
}

}  // namespace
}  // namespace convoy::server
