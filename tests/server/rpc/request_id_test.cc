// The id of a request: where it comes from, who learns of it, and the line of the access log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class RequestIdTest : public convoy::testing::RpcTest {
 protected:
  RpcSettings Settings() const override {
    RpcSettings settings = RpcTest::Settings();
    settings.access_log = rule_;
    return settings;
  }

  // The id that the reply's metadata tell; what was logged is in log_.
  std::string Infer(const std::string& header, const std::string& id, const char* model = "net") {
    runner_->Open();
    grpc::ClientContext context;
    if (!header.empty()) context.AddMetadata("x-request-id", header);
    auto request = MakeRequest(1);
    request.set_model_name(model);
    request.set_id(id);
    inference::ModelInferResponse response;
    ::testing::internal::CaptureStderr();
    (void)stub_->ModelInfer(&context, request, &response);
    EXPECT_EQ(response.id(), response.model_name().empty() ? "" : id);
    log_ = ::testing::internal::GetCapturedStderr();
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto told = trailers.find("x-request-id");
    return told == trailers.end() ? "" : std::string(told->second.data(), told->second.size());
  }

  AccessLogRule rule_;
  std::string log_;
};

TEST_F(RequestIdTest, TheHeadersIdComesBackAndTheMessagesIsInTheReply) {
  EXPECT_EQ(Infer("from-a-proxy", ""), "from-a-proxy");
  EXPECT_EQ(Infer("from-a-proxy", "mine"), "");
  EXPECT_EQ(Infer("", "mine"), "");
  EXPECT_EQ(Infer("", ""), "");
  EXPECT_EQ(Infer("failed", "", "nosuch"), "failed");
  EXPECT_EQ(Infer(std::string(257, 'x'), ""), "");
  EXPECT_EQ(log_, "");
}

class LoggedRequestTest : public RequestIdTest {
 protected:
  void SetUp() override {
    rule_ = *ParseAccessLog("all");
    RequestIdTest::SetUp();
  }
};

TEST_F(LoggedRequestTest, EveryRequestHasOneLineWithItsId) {
  Infer("from-a-proxy", "mine");
  EXPECT_THAT(log_,
              ContainsRegex("request request_id=mine method=ModelInfer model=net version=[0-9]+ "
                            "code=OK total_us=[0-9]+"));
  EXPECT_THAT(log_, HasSubstr("peer=ipv4:127.0.0.1:"));
  Infer("from-a-proxy", "");
  EXPECT_THAT(log_, HasSubstr("request_id=from-a-proxy "));
}

TEST_F(LoggedRequestTest, ARequestWithoutAnIdIsToldTheOneThatIsLogged) {
  const std::string id = Infer("", "");
  EXPECT_EQ(id.size(), 32u);
  EXPECT_THAT(log_, HasSubstr(absl::StrFormat("request_id=%s ", id)));
}

TEST_F(LoggedRequestTest, ARequestForAnUnknownModelIsThereWithItsError) {
  const std::string id = Infer("", "", "no\nsuch");
  EXPECT_THAT(log_, HasSubstr(absl::StrFormat("request_id=%s ", id)));
  EXPECT_THAT(log_, HasSubstr("code=NOT_FOUND"));
  EXPECT_THAT(log_, HasSubstr("error='Request for unknown model"));
  EXPECT_THAT(log_, Not(HasSubstr("no\nsuch")));
}

class ErrorLogTest : public RequestIdTest {
 protected:
  void SetUp() override {
    rule_ = *ParseAccessLog("errors");
    RequestIdTest::SetUp();
  }
};

TEST_F(ErrorLogTest, WhatIsAnsweredHasNoLine) {
  EXPECT_EQ(Infer("", ""), "");
  EXPECT_EQ(log_, "");
  Infer("", "", "nosuch");
  EXPECT_THAT(log_, HasSubstr("code=NOT_FOUND"));
}

}  // namespace
}  // namespace convoy::server
