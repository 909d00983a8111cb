#include "server/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace convoy::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EnvironmentReader FakeEnvironment(std::map<std::string, std::string> values) {
  return [values](const std::string& name) -> std::optional<std::string> {
    const auto it = values.find(name);
    if (it == values.end()) return std::nullopt;
    return it->second;
  };
}

TEST(ResolveOptions, DefaultsHoldWhereNothingIsGiven) {
  const auto options = ResolveOptions({"models"}, {}, FakeEnvironment({}));
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->grpc_port, 8001);
  EXPECT_EQ(options->device, "auto");
  EXPECT_TRUE(options->exit_on_error);
}

TEST(ResolveOptions, AFlagBeatsTheEnvironmentWhichBeatsTheDefault) {
  const auto environment =
      FakeEnvironment({{"CONVOY_GRPC_PORT", "9001"}, {"CONVOY_METRICS_PORT", "9002"}});
  const auto options = ResolveOptions({"models"}, {{"grpc-port", {"7001"}}}, environment);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->grpc_port, 7001);
  EXPECT_EQ(options->metrics_port, 9002);
}

TEST(ResolveOptions, PathsAddUp) {
  const auto flags = ResolveOptions({"a.onnx"}, {{"model-repository", {"b", "c"}}},
                                    FakeEnvironment({{"CONVOY_MODEL_REPOSITORY", "ignored"}}));
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_THAT(flags->paths, ElementsAre("a.onnx", "b", "c"));
  const auto environment =
      ResolveOptions({}, {}, FakeEnvironment({{"CONVOY_MODEL_REPOSITORY", "x:y"}}));
  ASSERT_TRUE(environment.ok()) << environment.status();
  EXPECT_THAT(environment->paths, ElementsAre("x", "y"));
}

TEST(ResolveOptions, SharedMemoryIsOffAndItsPrefixesAddUp) {
  EXPECT_FALSE(ResolveOptions({"models"}, {}, FakeEnvironment({}))->allow_client_shm);
  const auto options =
      ResolveOptions({"models"}, {{"allow-client-shm", {"true"}}},
                     FakeEnvironment({{"CONVOY_CLIENT_SHM_PREFIX", "/camera_:/frames"}}));
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->allow_client_shm);
  EXPECT_THAT(options->client_shm_prefixes, ElementsAre("/camera_", "/frames"));
  EXPECT_FALSE(ResolveOptions({"models"}, {{"client-shm-prefix", {""}}}, FakeEnvironment({})).ok());
}

TEST(ResolveOptions, NothingToServeIsAnError) {
  EXPECT_EQ(ResolveOptions({}, {}, FakeEnvironment({})).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ResolveOptions, BadValuesNameTheirOriginAndWhatIsAllowed) {
  const struct {
    GivenSettings given;
    std::map<std::string, std::string> environment;
    std::string says;
  } cases[] = {
      {{{"grpc-port", {"65536"}}}, {}, "'65536' is not a whole number from 0 to 65535"},
      {{{"grpc-port", {"-1"}}}, {}, "given by --grpc-port"},
      {{{"grpc-port", {"80x"}}}, {}, "'80x'"},
      {{{"threads", {""}}}, {}, "given by --threads"},
      {{}, {{"CONVOY_DRAIN_SECONDS", "soon"}}, "given by CONVOY_DRAIN_SECONDS"},
      {{{"exit-on-error", {"maybe"}}}, {}, "'maybe' is neither true nor false"},
      {{{"cpu-winograd", {"on"}}}, {}, "'on' is neither auto nor off"},
      {{{"log-level", {"loud"}}}, {}, "none of debug, info, warning, error"},
      {{{"device", {""}}}, {}, "given by --device"},
      {{{"max-queue-size", {"0"}}}, {}, "from 1 to"},
  };
  for (const auto& bad : cases) {
    const auto options = ResolveOptions({"m"}, bad.given, FakeEnvironment(bad.environment));
    EXPECT_EQ(options.status().code(), absl::StatusCode::kInvalidArgument) << bad.says;
    EXPECT_THAT(std::string(options.status().message()), HasSubstr(bad.says));
  }
}

TEST(Settings, EverySettingTakesItsOwnDefault) {
  std::set<std::string> names;
  for (const Setting& setting : Settings()) {
    EXPECT_TRUE(names.insert(EnvironmentName(setting)).second) << setting.name;
    ServerOptions options;
    const std::string value = setting.get(options);
    if (value.empty()) continue;
    EXPECT_TRUE(setting.set(options, value).ok()) << setting.name;
    EXPECT_EQ(setting.get(options), value) << setting.name;
  }
}

TEST(RenderConfigurationPage, IsWhatTheRepositoryHolds) {
  const std::string path = "docs/configuration.md";
  if (std::getenv("CONVOY_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << RenderConfigurationPage();
  }
  std::stringstream held;
  held << std::ifstream(path).rdbuf();
  EXPECT_EQ(held.str(), RenderConfigurationPage())
      << "run this test once with CONVOY_UPDATE_DOCS=1 to write the page";
}

}  // namespace
}  // namespace convoy::server
