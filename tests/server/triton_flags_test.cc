#include "server/triton_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace convoy::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ErrorOf(const std::string& flag, const std::string& value) {
  GivenSettings given;
  const absl::Status status = TakeTritonFlags({{flag, {value}}}, given);
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(given, IsEmpty());
  return std::string(status.message());
}

ServerOptions OptionsOf(const GivenSettings& flags) {
  GivenSettings given;
  EXPECT_EQ(TakeTritonFlags(flags, given), absl::OkStatus());
  const auto options = ResolveOptions(
      {"models"}, given, [](const std::string&) { return std::optional<std::string>(); });
  EXPECT_TRUE(options.ok()) << options.status();
  return options.value_or(ServerOptions{});
}

TEST(TritonFlags, WhatMeansTheSameIsASetting) {
  const ServerOptions options = OptionsOf({{"exit-timeout-secs", {"20"}},
                                           {"id", {"triton"}},
                                           {"log-verbose", {"1"}},
                                           {"model-store", {"a", "b"}},
                                           {"allow-metrics", {"false"}},
                                           {"response-cache-byte-size", {"1048576"}}});
  EXPECT_EQ(options.drain_seconds, 20);
  EXPECT_EQ(options.server_name, "triton");
  EXPECT_EQ(options.log_level, compute::LogLevel::kDebug);
  EXPECT_THAT(options.paths, ElementsAre("models", "a", "b"));
  EXPECT_EQ(options.metrics_port, 0);
  EXPECT_EQ(options.cache_bytes, 1 << 20);
}

TEST(TritonFlags, WhatIsSoInAnyCaseIsTaken) {
  EXPECT_EQ(ErrorOf("allow-http", "false"), "");
  EXPECT_EQ(ErrorOf("allow-grpc", "true"), "");
  EXPECT_EQ(ErrorOf("allow-metrics", "1"), "");
  EXPECT_EQ(ErrorOf("log-verbose", "0"), "");
  EXPECT_EQ(ErrorOf("strict-model-config", "false"), "");
}

TEST(TritonFlags, WhatIsNotSaysWhatToUseOrWhy) {
  EXPECT_THAT(ErrorOf("allow-http", "true"),
              HasSubstr("--allow-http: it is 'true'; here it is always false: inference is served "
                        "over gRPC only"));
  EXPECT_THAT(ErrorOf("http-port", "8000"),
              HasSubstr("--http-port of tritonserver has no counterpart here: inference is served "
                        "over gRPC only; --metrics-port has"));
  EXPECT_THAT(ErrorOf("log-info", "true"), HasSubstr("use --log-level"));
  EXPECT_THAT(ErrorOf("grpc-address", "::"), HasSubstr("use --host"));
  EXPECT_THAT(ErrorOf("log-verbose", "much"), HasSubstr("'much' is not a whole number"));
  EXPECT_THAT(ErrorOf("allow-grpc", "maybe"), HasSubstr("'maybe' is neither true nor false"));
}

TEST(TritonFlags, NoneHasTheNameOfASettingAndEachSetsOneThatThereIs) {
  std::set<std::string> settings;
  for (const Setting& setting : Settings()) settings.insert(std::string(setting.name));
  std::set<std::string> names;
  for (const TritonFlag& flag : TritonFlags()) {
    EXPECT_FALSE(settings.contains(std::string(flag.name))) << flag.name;
    EXPECT_TRUE(names.insert(std::string(flag.name)).second) << flag.name;
    EXPECT_TRUE(flag.setting.empty() || settings.contains(std::string(flag.setting)));
    EXPECT_TRUE(flag.translate != nullptr || !flag.instead.empty()) << flag.name;
  }
}

TEST(CacheConfig, IsLocalWithASize) {
  const auto resolve = [](const std::string& value) {
    return ResolveOptions({"models"}, {{"cache-config", {value}}},
                          [](const std::string&) { return std::optional<std::string>(); });
  };
  EXPECT_EQ(resolve("local,size=4096")->cache_bytes, 4096);
  EXPECT_THAT(std::string(resolve("redis,host=a").status().message()),
              HasSubstr("'redis,host=a' is not local,size=BYTES"));
  EXPECT_FALSE(resolve("local,size=-1").ok());
}

}  // namespace
}  // namespace convoy::server
