#include "server/edge/access_rules.h"

#include <gtest/gtest.h>

namespace convoy::server {
namespace {

constexpr std::string_view kInfer = "/inference.GRPCInferenceService/ModelInfer";
constexpr std::string_view kLoad = "/inference.GRPCInferenceService/RepositoryModelLoad";
constexpr std::string_view kCheck = "/grpc.health.v1.Health/Check";
constexpr std::string_view kReflection =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
const std::vector<std::string> kTokens = {"0123456789abcdef", "fedcba9876543210"};

absl::StatusCode Code(std::span<const std::string> tokens,
                      std::span<const RestrictedGroups> restricted, std::string_view path,
                      std::vector<Header> headers) {
  return CheckAccess(tokens, restricted, path, headers).code();
}

TEST(AccessRulesTest, WithoutRulesEverythingIsOpen) {
  EXPECT_EQ(Code({}, {}, kLoad, {}), absl::StatusCode::kOk);
}

TEST(AccessRulesTest, AnyTokenOpensEveryService) {
  for (const std::string_view path : {kInfer, kLoad, kReflection}) {
    EXPECT_EQ(Code(kTokens, {}, path, {}), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(Code(kTokens, {}, path, {{"authorization", "Basic abc"}}),
              absl::StatusCode::kUnauthenticated);
    for (const std::string_view wrong :
         {"Bearer ", "Bearer 0123456789abcdeX", "Bearer 0123456789abcdef0",
          "Bearer 0123456789abcde", "Bearer 0123456789abcdef0123456789abcdef"}) {
      EXPECT_EQ(Code(kTokens, {}, path, {{"authorization", wrong}}),
                absl::StatusCode::kPermissionDenied)
          << wrong;
    }
    EXPECT_EQ(Code(kTokens, {}, path, {{"authorization", "Bearer 0123456789abcdef"}}),
              absl::StatusCode::kOk);
    EXPECT_EQ(Code(kTokens, {}, path, {{"x", "y"}, {"authorization", "bearer fedcba9876543210"}}),
              absl::StatusCode::kOk);
  }
}

TEST(AccessRulesTest, ProbesNeedNoToken) {
  EXPECT_EQ(Code(kTokens, {}, kCheck, {}), absl::StatusCode::kOk);
  EXPECT_EQ(Code(kTokens, {}, "/grpc.health.v1.HealthX/Check", {}),
            absl::StatusCode::kUnauthenticated);
}

TEST(AccessRulesTest, AGroupAsksForItsHeader) {
  const auto rule = ParseRestrictedGroups("model-repository,health:Admin=s3=cret");
  ASSERT_TRUE(rule.ok()) << rule.status();
  EXPECT_EQ(rule->header, "triton-grpc-protocol-admin");
  EXPECT_EQ(rule->value, "s3=cret");
  const std::vector<RestrictedGroups> rules = {*rule};
  EXPECT_EQ(Code({}, rules, kInfer, {}), absl::StatusCode::kOk);
  for (const std::string_view path : {kLoad, kCheck}) {
    EXPECT_EQ(Code({}, rules, path, {}), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(Code({}, rules, path, {{rule->header, "s3"}}), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(Code({}, rules, path, {{rule->header, "s3=cret"}}), absl::StatusCode::kOk);
  }
  EXPECT_EQ(Code(kTokens, rules, kLoad, {{rule->header, "s3=cret"}}),
            absl::StatusCode::kUnauthenticated);
}

TEST(AccessRulesTest, EveryRpcHasAGroup) {
  for (const auto& [method, group] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"ServerLive", "health"},
           {"ServerMetadata", "metadata"},
           {"ModelStreamInfer", "inference"},
           {"ModelConfig", "model-config"},
           {"ModelStatistics", "statistics"},
           {"TraceSetting", "trace"},
           {"LogSettings", "logging"},
           {"CudaSharedMemoryStatus", "shared-memory"}}) {
    EXPECT_EQ(GroupOf("/inference.GRPCInferenceService/" + std::string(method)), group);
  }
  EXPECT_EQ(GroupOf("/convoy.v1.ClassifyService/Classify"), "inference");
  EXPECT_EQ(GroupOf(kReflection), "metadata");
  EXPECT_EQ(GroupOf(""), "metadata");
}

TEST(AccessRulesTest, MalformedRestrictionsAreRefused) {
  for (const std::string_view text :
       {"", "inference", "inference:", "inference:key", "inference:key=", "inference:=value",
        ":key=value", "inference:ke y=value"}) {
    EXPECT_EQ(ParseRestrictedGroups(text).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
  const absl::Status status = ParseRestrictedGroups("inference,cookies:key=value").status();
  EXPECT_NE(status.message().find("'cookies' is no group of RPCs; there are health, metadata"),
            absl::string_view::npos)
      << status;
}

TEST(AccessRulesTest, TokensAreOneALine) {
  const auto tokens = ParseTokens("# of the web shop\n0123456789abcdef\r\n\nfedcba9876543210");
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  EXPECT_EQ(*tokens, kTokens);
}

TEST(AccessRulesTest, WeakTokensAreRefusedWithoutBeingShown) {
  for (const std::string& text :
       {std::string("short"), std::string("0123456789 abcdef"), std::string("# nothing\n\n"),
        std::string(5000, 'a'), std::string("0123456789abcdef\n0123456789abc\0ef", 34)}) {
    const absl::Status status = ParseTokens(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message().find("0123"), absl::string_view::npos) << status;
  }
}

}  // namespace
}  // namespace convoy::server
