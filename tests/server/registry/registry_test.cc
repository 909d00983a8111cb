#include "server/registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "compute/base/clock.h"
#include "tests/support/gated_runner.h"

namespace convoy::server {
namespace {

using ::convoy::testing::GatedRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RegistryTest : public ::testing::Test {
 protected:
  Registry::Handle MakeModel(const std::string& name, int64_t version) {
    auto runner = std::make_unique<GatedRunner>();
    runner->Open();
    return std::make_shared<ServedModel>(models::ModelSpec{.name = name, .max_batch_size = 4},
                                         version, std::move(runner), nullptr, QueueDefaults{},
                                         clock_);
  }

  void ExpectError(const std::string& name, const std::string& version, absl::StatusCode code,
                   const std::string& says) {
    const absl::Status status = registry_.Acquire(name, version).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(says));
  }

  compute::SystemClock clock_;
  Registry registry_;
};

TEST_F(RegistryTest, WithoutVersionTheHighestReadyOneAnswers) {
  registry_.Add(MakeModel("net", 2));
  registry_.Add(MakeModel("net", 10));
  registry_.SetFailed("net", 11, absl::InternalError("broken"));
  registry_.SetLoading("net", 12);
  ASSERT_TRUE(registry_.Acquire("net", "").ok());
  EXPECT_EQ((*registry_.Acquire("net", ""))->version(), 10);
  EXPECT_EQ((*registry_.Acquire("net", "2"))->version(), 2);
  EXPECT_THAT(registry_.ReadyVersions("net"), ElementsAre(2, 10));
}

TEST_F(RegistryTest, ErrorsNameTheModelAsStockClientsExpect) {
  registry_.Add(MakeModel("net", 1));
  registry_.SetFailed("bad", 1, absl::InternalError("an operator is missing"));
  registry_.SetLoading("slow", 1);
  ExpectError(
      "nosuch", "", absl::StatusCode::kNotFound,
      "Request for unknown model: 'nosuch' is not found; this server has 'bad', 'net', 'slow'");
  ExpectError("", "", absl::StatusCode::kNotFound, "Request for unknown model: ''");
  ExpectError("net", "7", absl::StatusCode::kNotFound,
              "Request for unknown model: 'net' version 7 is not found; this server has 1");
  ExpectError("net", "0", absl::StatusCode::kNotFound, "version 0 is not found");
  ExpectError("net", "abc", absl::StatusCode::kInvalidArgument, "'abc'");
  ExpectError("net", "1abc", absl::StatusCode::kInvalidArgument, "'1abc'");
  ExpectError("net", "-1", absl::StatusCode::kInvalidArgument, "integral value > 0");
  ExpectError("net", "99999999999999999999", absl::StatusCode::kInvalidArgument, "integral");
  ExpectError("bad", "", absl::StatusCode::kNotFound, "has no available versions");
  ExpectError("bad", "1", absl::StatusCode::kUnavailable, "an operator is missing");
  ExpectError("slow", "", absl::StatusCode::kUnavailable, "still loading");
  ExpectError("slow", "1", absl::StatusCode::kUnavailable, "still loading");
}

TEST_F(RegistryTest, AHugeNameIsCutInTheMessage) {
  const absl::Status status = registry_.Acquire(std::string(1 << 20, 'x'), "").status();
  EXPECT_LT(status.message().size(), 500u);
}

TEST_F(RegistryTest, ManyModelsAreNotAllListed) {
  ExpectError("nosuch", "", absl::StatusCode::kNotFound, "this server has none");
  for (int i = 0; i < 1000; ++i) registry_.SetLoading("net" + std::to_string(1000 + i), 1);
  ExpectError("nosuch", "", absl::StatusCode::kNotFound, "'net1000', 'net1001'");
  ExpectError("nosuch", "", absl::StatusCode::kNotFound, "'net1007' and 992 more");
}

TEST_F(RegistryTest, TheOnlyModelNeedsNoName) {
  EXPECT_EQ(registry_.AcquireOnly().status().code(), absl::StatusCode::kInvalidArgument);
  registry_.Add(MakeModel("one", 1));
  ASSERT_TRUE(registry_.AcquireOnly().ok());
  EXPECT_EQ((*registry_.AcquireOnly())->spec().name, "one");
  registry_.Add(MakeModel("two", 1));
  const absl::Status status = registry_.AcquireOnly().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'one', 'two'"));
}

TEST_F(RegistryTest, AHandleKeepsAReplacedVersionAlive) {
  registry_.Add(MakeModel("net", 1));
  const Registry::Handle old = *registry_.Acquire("net", "1");
  registry_.Add(MakeModel("net", 1));
  EXPECT_NE(*registry_.Acquire("net", "1"), old);
  compute::HostTensor input(compute::TensorSpec{compute::DType::kFloat32, {1, 1}});
  std::promise<bool> answered;
  old->Submit({.inputs = {input.view()},
               .done = [&](absl::StatusOr<Answer> answer) { answered.set_value(answer.ok()); }});
  EXPECT_TRUE(answered.get_future().get());
}

TEST_F(RegistryTest, ListsStatesByNameAndVersion) {
  registry_.SetLoading("b", 1);
  registry_.Add(MakeModel("a", 1));
  registry_.SetFailed("a", 2, absl::InternalError("why"));
  const std::vector<VersionListing> list = registry_.List();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].state, VersionState::kReady);
  EXPECT_EQ(list[1].state, VersionState::kUnavailable);
  EXPECT_EQ(list[1].reason, "why");
  EXPECT_EQ(list[2].state, VersionState::kLoading);
}

}  // namespace
}  // namespace convoy::server
